"""Scripts come without their comments, and say the same."""

import gzip
import os
import re
from pathlib import Path

from django.contrib.staticfiles import finders

from foundation.styles import scripts


def test_each_script_of_ours_is_found_without_its_comments(settings, tmp_path):
    settings.STATE_DIR = tmp_path
    finder = scripts.Finder()
    names = {name for name, _ in finder.list([])}
    assert {"repere/site.js", "repere/outbox.js", "alert.js"} <= names
    for name in names:
        made = (finder.root / name).read_bytes()
        assert finder.find(name) == str(finder.root / name) and finders.find(name) == str(finder.root / name)
        assert gzip.decompress((finder.root / f"{name}.gz").read_bytes()) == made
        assert not re.search(rb"(?m)/\*|^\s*//", made), name
        assert len(made) < (scripts.OURS / name).stat().st_size
    assert finder.find("repere/none.js") is None and finder.find("../manage.py") is None


def test_a_script_is_made_again_when_its_source_changed(settings, tmp_path, monkeypatch):
    settings.STATE_DIR, source = tmp_path / "state", tmp_path / "static"
    source.mkdir()
    monkeypatch.setattr(scripts, "OURS", source)
    (source / "one.js").write_text("/* why */ var address = 'https://a'; // and more\n")
    made = Path(scripts.Finder().find("one.js"))
    assert made.read_text() == "var address='https://a';"
    (source / "one.js").write_text("var other = /\\/\\*/;\n")
    os.utime(made, (0, 0))
    scripts.Finder().find("one.js")
    assert made.read_text() == "var other=/\\/\\*/;"
