"""Register datasets of open data, describe them (Table Schema, Data Package) and write their files.

A subject registers its dataset at import, from the room `datasets` of its subject:

    register(Dataset("commitments", title=_("…"), about=_("…"), fields=[Field("code", "string", _("Code"))], rows=rows))

`rows()` yields dicts of plain values (text, number, date, bool, None, list of texts) in a stable order. It runs without
an actor, with the rights of the public: what row security hides from them cannot be released.
"""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from django.utils.functional import Promise
from django.utils.translation import override

import plans
from foundation.words.demonstration import demonstration_notice

LICENCE = {
    "name": "etalab-2.0",
    "title": "Licence Ouverte / Open Licence 2.0",
    "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
}
SEPARATOR = "|"  # between the texts of a list, in CSV
FORMULA = ("=", "+", "-", "@", "\t", "\r")
_datasets: dict[str, "Dataset"] = {}


@dataclass(frozen=True)
class Field:
    """Describe a column.

    `type` is that of Table Schema: string, integer, number, boolean, date, datetime, year, list.
    """

    name: str
    type: str
    title: str | Promise
    required: bool = False

    def described(self) -> dict:
        """Return the field in Table Schema."""
        found = {"name": self.name, "type": self.type, "title": _french(self.title), "title_en": _english(self.title)}
        if self.type == "list":
            found["delimiter"] = SEPARATOR
        if self.required:
            found["constraints"] = {"required": True}
        return found


@dataclass(frozen=True)
class Dataset:
    """Describe a dataset: code, titles, columns and the function that yields its rows."""

    code: str
    title: str | Promise
    about: str | Promise
    fields: list[Field]
    rows: Callable[[], Iterable[dict]]
    key: str = "code"  # column that identifies a row; "" without one
    page: str = ""  # route of the page that shows it
    files: tuple[str, ...] = ()  # files of the pack it comes from; its page tells whether they are validated
    declared: str | Promise = ""  # who is responsible for it, when declared here and not gathered

    def schema(self) -> dict:
        """Return the Table Schema of its files."""
        found = {"fields": [field.described() for field in self.fields], "missingValues": [""]}
        return found | ({"primaryKey": [self.key]} if self.key else {})


def register(dataset: Dataset) -> None:
    """Add a dataset to the registry."""
    _datasets[dataset.code] = dataset


def datasets() -> dict[str, Dataset]:
    """Return code -> dataset of all subjects, importing their rooms `datasets`."""
    for subject in iter_modules(plans.__path__):
        if subject.ispkg and find_spec(f"plans.{subject.name}.datasets"):
            room = import_module(f"plans.{subject.name}.datasets")
            for module in iter_modules(getattr(room, "__path__", [])):
                import_module(f"{room.__name__}.{module.name}")
    return dict(sorted(_datasets.items()))


def as_files(dataset: Dataset) -> dict:
    """Return the CSV and JSON files of today's rows, with their checksums; the same content gives the same bytes."""
    names = [field.name for field in dataset.fields]
    with override("fr"):
        rows = [{name: _plain(row.get(name)) for name in names} for row in dataset.rows()]
    table, document = _csv(names, rows), _json(dataset, rows)
    return {
        "rows": len(rows),
        "csv": table,
        "json": document,
        "csv_sha256": hashlib.sha256(table).hexdigest(),
        "json_sha256": hashlib.sha256(document).hexdigest(),
    }


def _csv(names: list[str], rows: list[dict]) -> bytes:
    """Return CSV as Table Schema expects it (RFC 4180): UTF-8, commas, a line of names."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([_cell(row[name]) for name in names] for row in rows)
    return out.getvalue().encode()


def _cell(value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        value = SEPARATOR.join(value)
    # keep a text that a spreadsheet would run as a formula
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else str(value)


def _json(dataset: Dataset, rows: list[dict]) -> bytes:
    document = {
        "dataset": dataset.code,
        "title": _french(dataset.title),
        "title_en": _english(dataset.title),
        "licence": LICENCE["name"],
        **_marked(),
        "schema": dataset.schema(),
        "rows": rows,
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _plain(value):
    """Convert a value for JSON and CSV; a whole amount loses its zeros, so that both show the same number."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Promise):
        return str(value)
    return [str(item) for item in value] if isinstance(value, list | tuple | set) else value


def package(dataset: Dataset, release, address: Callable[[str], str]) -> dict:
    """Return the Data Package of a release. `address(form)`: address of its file."""
    return {
        "profile": "tabular-data-package",
        "name": dataset.code.replace("_", "-"),
        "title": _french(dataset.title),
        "title_en": _english(dataset.title),
        "description": _french(dataset.about),
        "description_en": _english(dataset.about),
        "licenses": [LICENCE],
        **_marked(),
        "version": str(release.number),
        "created": release.at.isoformat(),
        "resources": [
            {
                "name": f"{dataset.code.replace('_', '-')}-{form}",
                "path": address(form),
                "format": form,
                "mediatype": {"csv": "text/csv", "json": "application/json"}[form],
                "encoding": "utf-8",
                "bytes": len(getattr(release, form)),
                "hash": f"sha256:{getattr(release, f'{form}_sha256')}",
                **({"profile": "tabular-data-resource", "schema": dataset.schema()} if form == "csv" else {}),
            }
            for form in ("csv", "json")
        ],
    }


def _marked() -> dict:
    """Return what tells that rows are invented; nothing outside a demonstration."""
    with override("fr"):
        notice = demonstration_notice()
    return {"demonstration": notice} if notice else {}


def file_name(code: str, number: int, form: str) -> str:
    """Return the name under which a file is kept: a CSV file of a demonstration tells it by its name alone."""
    return f"{'demonstration-' if _marked() else ''}{code}-{number}.{form}"


def _french(text) -> str:
    with override("fr"):
        return str(text)


def _english(text) -> str:
    with override("en"):
        return str(text)
