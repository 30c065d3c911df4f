"""Read a table pasted from a spreadsheet against the rows of a grid, and make the table to fill. Writes nothing."""

import csv
import io
import unicodedata
from dataclasses import dataclass, replace

from django.utils.translation import pgettext

from .grid import LENGTH, Row

LINES = 500
# accepted titles, without accents, capitals or spaces
TITLES = {
    "code": {"code", "enveloppe", "envelope"},
    "same": {"inchange", "unchanged"},
    "hidden": {"nonisolable", "notisolable"},
    "ae": {"ae", "autorisationsdengagement"},
    "cp": {"cp", "creditsdepaiement"},
    "amount": {"quantite", "quantity", "nombre", "montant", "amount"},
    "share": {"part", "partestimee", "share"},
    "evidence": {"justificatif", "evidence", "source"},
}
YES = {"1", "x", "oui", "yes", "o", "y", "vrai", "true"}
NO = {"", "0", "non", "no", "n", "faux", "false"}


@dataclass
class Line:
    """Hold a line of the table: the row it answers and what it holds, or its problem in words."""

    number: int
    said: str
    row: Row | None = None
    typed: dict[str, str] | None = None
    problem: str = ""


def read(text: str, rows: list[Row]) -> list[Line]:
    """Return the lines of a pasted table, each with its row or its problem."""
    by_code = {row.envelope.code: row for row in rows} | {_fold(row.envelope.label_fr): row for row in rows}
    table = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=_delimiter(text)))
    table = [(number, cells) for number, cells in enumerate(table, start=1) if any(cell.strip() for cell in cells)]
    if not table:
        return []
    columns = {n: name for n, cell in enumerate(table[0][1]) if (name := _title(cell))}
    if "code" not in columns.values():
        problem = pgettext("money", "The first line must hold the titles, with “code”: take the table offered here.")
        return [Line(table[0][0], " · ".join(table[0][1])[:120], problem=problem)]
    found, seen = [], set()
    for number, cells in table[1 : LINES + 1]:
        line = _line(number, cells, columns, by_code)
        if line.row is not None and not line.problem:
            if line.row.envelope.pk in seen:
                line.problem = pgettext("money", "This envelope comes twice: keep one line.")
            seen.add(line.row.envelope.pk)
        found.append(line)
    if len(table) > LINES + 1:
        found.append(Line(table[LINES + 1][0], "…", problem=pgettext("money", "More than 500 lines: cut the table.")))
    return found


def _line(number: int, cells: list[str], columns: dict[int, str], by_code: dict[str, Row]) -> Line:
    values = {name: cells[n].strip()[:LENGTH] for n, name in columns.items() if n < len(cells)}
    line = Line(number, " · ".join(cell for cell in cells if cell.strip())[:120])
    code = values.pop("code", "")
    line.row = by_code.get(code) or by_code.get(_fold(code))
    if line.row is None:
        line.problem = pgettext("money", "No envelope of yours has this code: add the envelope first.")
        return line
    for flag in ("same", "hidden"):
        mark = values.get(flag, "").lower()
        if mark not in YES | NO:
            line.problem = pgettext("money", "Write x or nothing under “inchangé” and “non isolable”.")
        values[flag] = "1" if mark in YES else ""
    line.typed = {name: values.get(name, "") for name in ("same", "hidden", "ae", "cp", "amount", "share", "evidence")}
    if not line.problem:
        tried = replace(line.row, typed=line.typed, errors={})
        tried.read()
        line.problem = " ".join(str(error) for error in tried.errors.values())
    return line


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max("\t;,", key=first.count)


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if sign.isalnum())


def _title(cell: str) -> str:
    folded = _fold(cell)
    return next((name for name, known in TITLES.items() if folded in known), "")


def table(rows: list[Row]) -> list[list[str]]:
    """Return the titles and one line per envelope: last year's figures to look at, and empty cells to fill."""
    head = ["code", "libellé", "an dernier", "inchangé", "non isolable", "AE", "CP", "quantité", "part", "justificatif"]
    return [head, *([row.envelope.code, _text(row.envelope.label_fr), _last(row), *[""] * 7] for row in rows)]


def _last(row: Row) -> str:
    return " / ".join(
        f"{line.nature} {f'{line.amount.normalize():f}' if line.amount is not None else 'non isolable'}".strip()
        for line in row.last
    )


def _text(value: str) -> str:
    """Return a text that a spreadsheet will not run as a formula."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
