"""A pack to spoil."""

import pickle
import shutil
from functools import cache

import pytest

from indicators.loading import DATA, load_domain, pack
from tests.roles import as_role

parse = pack.parsed


@cache
def kept(content: bytes) -> bytes:
    return pickle.dumps(parse(content))


@pytest.fixture(autouse=True)
def each_content_is_parsed_once(monkeypatch):
    """Most tests spoil one file and load seven: a content met before is copied, since loading changes its data."""
    monkeypatch.setattr(pack, "parsed", lambda content: pickle.loads(kept(content)))


@pytest.fixture
def folder(tmp_path):
    """A copy of the pack that a test may spoil: `folder.edit(file, old, new)` then `folder.load()`."""

    class Folder:
        path = tmp_path / "pack"

        def edit(self, name, old, new, *, count=1):
            file = self.path / name
            text = file.read_text(encoding="utf-8")
            assert old in text, old
            file.write_text(text.replace(old, new, count), encoding="utf-8")

        def drop(self, name, start, end):
            """Take out of a file the lines from the one that holds `start` up to the one that holds `end`."""
            text = (self.path / name).read_text(encoding="utf-8")
            first = text.rindex("\n", 0, text.index(start))
            last = text.rindex("\n", 0, text.index(end, first))
            (self.path / name).write_text(text[:first] + text[last:], encoding="utf-8")

        def load(self):
            with as_role("nrm_owner"):
                return load_domain(using="default", folder=self.path)

    shutil.copytree(DATA, Folder.path)
    return Folder()
