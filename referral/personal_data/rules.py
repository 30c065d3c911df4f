"""Read what data/personal_data declares of each table and column."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from .words import Door, Purpose, Sort, Whose

FOLDER = Path(settings.BASE_DIR) / "data" / "personal_data"
STAYS = "stays: "


@dataclass(frozen=True)
class Column:
    """Declare what a column tells (`sorts`), why it is in clear (a code of clear.csv), and how it is kept.

    `kept` is said only where the class of the field does not: hash, digest, file, sealed.
    """

    table: str
    name: str
    sorts: frozenset[Sort]
    clear: str
    kept: str


@dataclass(frozen=True)
class Table:
    """Declare whom a table is about, what it serves, what ends its rows, and by which doors they leave.

    `until`: a constant of docs/retention.md, or « stays: » and why; empty when its rows go with a case or an alert.
    """

    name: str
    whose: frozenset[Whose]
    purpose: Purpose
    until: str
    leaves: tuple[Door, ...]


@cache
def columns() -> dict[tuple[str, str], Column]:
    """Return (table, column) -> what is declared. Raises ValueError for an unknown code or a column said twice."""
    found: dict[tuple[str, str], Column] = {}
    for row in _rows("columns.csv"):
        for name in row["columns"].split():
            if (row["table"], name) in found:
                raise ValueError(f"columns.csv says {row['table']}.{name} twice.")
            sorts = frozenset(map(Sort, row["category"].split()))
            found[row["table"], name] = Column(row["table"], name, sorts, row["clear"], row["kept"])
    return found


@cache
def tables() -> dict[str, Table]:
    """Return table -> what is declared of it. Raises ValueError for an unknown code."""
    return {
        row["table"]: Table(
            row["table"],
            frozenset(map(Whose, row["whose"].split())),
            Purpose(row["purpose"]),
            row["until"],
            tuple(map(Door, row["leaves"].split())),
        )
        for row in _rows("tables.csv")
    }


@cache
def reasons() -> dict[str, tuple[str, str]]:
    """Return code -> (what is in clear, why), as docs/security.md prints them."""
    return {row["code"]: (row["what"], row["why"]) for row in _rows("clear.csv")}


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(newline="") as file:
        return list(csv.DictReader(file))
