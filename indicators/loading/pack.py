"""Read the files of the pack and collect what is wrong with them."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.db import models

FILES = (
    "agencies.yaml",
    "forms.yaml",
    "helplines_details.yaml",
    "indicators.yaml",
    "procedures.yaml",
    "sheets.yaml",
    "short_grids.yaml",
    "territories.yaml",
    "translations_en.yaml",
)

Entry = dict[str, Any]


@dataclass(frozen=True)
class Problem:
    """Describe what is wrong with one entry of a file."""

    file: str
    entry: str
    reason: str

    def __str__(self):
        return f"{self.file}, {self.entry}: {self.reason}"


class PackRefused(Exception):
    """Signal that nothing was loaded. `problems`: all those found at once, each with its place and reason."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class _Loader(yaml.CSafeLoader):
    """Refuse a key written twice; YAML silently keeps the last of them."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> Entry:
    seen: set[str] = set()
    for key, _ in node.value:
        if key.value in seen:
            raise yaml.constructor.ConstructorError(None, None, f"key {key.value!r} is written twice", key.start_mark)
        seen.add(key.value)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def parsed(content: bytes) -> Any:
    """Return the data of a file. Raises UnicodeDecodeError or yaml.MarkedYAMLError."""
    return _Loader(content.decode("utf-8")).get_single_data()


@dataclass
class PackFileData:
    """Hold a file of the pack: its bytes, their checksum and the parsed data."""

    name: str
    content: bytes
    checksum: str
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def meta(self) -> Entry:
        return self.data["meta"]


@dataclass
class Pack:
    """Hold the files being loaded and the problems found so far."""

    files: dict[str, PackFileData]
    problems: list[Problem] = field(default_factory=list)
    stale_translations: int = 0
    orphan_translations: list[str] = field(default_factory=list)
    # (file, list) -> code -> entry, to resolve a reference from another file
    index: dict[tuple[str, str], dict[str, Entry]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> dict[str, Any]:
        return self.files[name].data

    def wrong(self, file: str, entry: str, reason: str) -> None:
        """Add a problem."""
        self.problems.append(Problem(file, entry, reason))

    def refuse_if_wrong(self) -> None:
        """Raise PackRefused when there is a problem."""
        if self.problems:
            raise PackRefused(self.problems)

    def parse(self) -> None:
        """Parse every file and check its `meta`. Raises PackRefused."""
        for file in self.files.values():
            try:
                data = parsed(file.content)
            except UnicodeDecodeError as error:
                self.wrong(file.name, f"byte {error.start}", "not UTF-8")
                continue
            except yaml.MarkedYAMLError as error:
                line = error.problem_mark.line + 1 if error.problem_mark else "?"
                self.wrong(file.name, f"line {line}", str(error.problem))
                continue
            meta = data.get("meta") if isinstance(data, dict) else None
            if not isinstance(meta, dict):
                self.wrong(file.name, "meta", "missing")
                continue
            file.data = data
            for name in ("version", "date"):
                if not isinstance(meta.get(name), str) or not meta[name]:
                    self.wrong(file.name, f"meta.{name}", "expected a text in quotes")
            if "validated_by" not in meta or not isinstance(meta["validated_by"], str | None):
                self.wrong(file.name, "meta.validated_by", "expected a text or null")
        self.refuse_if_wrong()


def read_pack(folder: Path, names: Iterable[str]) -> Pack:
    """Return the files of a folder with their checksums, not parsed. Raises PackRefused when one is missing."""
    files, missing = {}, []
    for name in names:
        try:
            content = (folder / name).read_bytes()
        except FileNotFoundError:
            missing.append(Problem(name, "file", "missing"))
            continue
        files[name] = PackFileData(name, content, hashlib.sha256(content).hexdigest())
    if missing:
        raise PackRefused(missing)
    return Pack(files)


def fingerprint(content: Any) -> str:
    """Return the checksum of a content without `validated_by`; layout and comments do not change it."""
    return hashlib.sha256(json.dumps(_bare(content), sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _bare(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _bare(item) for key, item in value.items() if key != "validated_by"}
    return [_bare(item) for item in value] if isinstance(value, list) else value


def checked[M: models.Model](pack: Pack, file: str, list_name: str, row: M, code: str) -> M:
    """Validate the values of a row by its model (length, choices, addresses), and return the row.

    Adds a problem that names the entry for each value refused.
    """
    skip = [
        column.name
        for column in row._meta.concrete_fields
        if column.is_relation or (column.null and getattr(row, column.attname) is None)
    ]
    try:
        row.clean_fields(exclude=skip)
    except ValidationError as error:
        for name, reasons in error.message_dict.items():
            pack.wrong(file, f"{list_name}[{code}].{name}", " ".join(reasons))
    return row
