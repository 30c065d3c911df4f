"""Read an uploaded table (CSV, XLSX or ODS) as text, within limits.

Nothing in it is executed: formulas are not evaluated, links not followed, and an archive that would expand too much is
refused before it is expanded.
"""

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from django.utils.translation import gettext as _

from . import ods

FILE_BYTES = 2_000_000
UNFOLDED_BYTES = 40_000_000
PARTS = 300  # files inside a workbook
ROWS = 2000
COLUMNS = 40
CELL = 500
DELIMITERS = ";,\t|"


class Unreadable(ValueError):
    """Signal a file that cannot be read; the message says what is wrong and what to do."""


@dataclass(frozen=True)
class Table:
    """Hold the headers and the rows of a table."""

    headers: list[str]
    rows: list[list[str]]  # as many cells as headers; no empty rows
    first: int = 2  # number of the first row, as in a spreadsheet, where line 1 holds the names of columns


def read(data: bytes, *, cell: int = CELL) -> Table:
    """Return the first sheet, with its first non-empty line as headers. `cell`: the longest text allowed in a cell.

    Raises Unreadable.
    """
    if len(data) > FILE_BYTES:
        raise Unreadable(_("The file is over 2 MB: cut it into several, 2,000 lines each at most."))
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(_("This is the old .xls format: save it as .xlsx, .ods or CSV."))
    lines = _workbook(data) if data.startswith(b"PK\x03\x04") else _text(data)
    return _table(lines, cell)


def _table(lines, longest: int) -> Table:
    found = []
    for line in lines:
        cells = [cell.strip() for cell in line]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        if len(cells) > COLUMNS:
            raise Unreadable(_("The table has more than 40 columns: keep those that are needed."))
        if any(len(cell) > longest for cell in cells):
            raise Unreadable(
                _("A cell is over %(n)d characters: shorten it, or take that column out.") % {"n": longest}
            )
        found.append(cells)
        if len(found) > ROWS + 1:
            raise Unreadable(_("The table has more than 2,000 lines: cut it into several files."))
    if len(found) < 2:
        raise Unreadable(_("The table is empty: a line of column names, then its lines."))
    width = max(len(cells) for cells in found)
    headers, *rows = [cells + [""] * (width - len(cells)) for cells in found]
    return Table([name or _("Column %(n)d") % {"n": n} for n, name in enumerate(headers, 1)], rows)


def _text(data: bytes):
    text = _decoded(data)
    if "\0" in text:
        raise Unreadable(_("This file is not a table: bring a CSV, an .xlsx or an .ods file."))
    sample = [line for line in text.splitlines()[:20] if line.strip()]
    # the delimiter found the same number of times on most lines; French spreadsheets write semicolons
    delimiter = max(DELIMITERS, key=lambda sign: _steady(sample, sign))
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise Unreadable(_("The file cannot be read as a table: save it again as CSV or .xlsx.")) from error


def _steady(sample: list[str], sign: str) -> tuple[int, int]:
    counts = [line.count(sign) for line in sample]
    usual = max(set(counts), key=counts.count) if counts else 0
    return (counts.count(usual) if usual else 0, usual)


def _decoded(data: bytes) -> str:
    """Decode UTF-8 or UTF-16 with a byte order mark, UTF-8, else Windows-1252, as spreadsheets save."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(_("The letters of this file cannot be read: save it as CSV in UTF-8, or as .xlsx."))


def _workbook(data: bytes):
    from openpyxl import load_workbook  # 25 MiB in each process that imports it: only one that reads a workbook does
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as folder:
            parts = folder.infolist()
            if len(parts) > PARTS or sum(part.file_size for part in parts) > UNFOLDED_BYTES:
                raise Unreadable(_("This workbook unfolds into too much: save its first sheet alone, or as CSV."))
            if "content.xml" in folder.namelist():
                with folder.open("content.xml") as content:
                    yield from ods.read(content, columns=COLUMNS + 1, rows=ROWS + 200)
                return
            if "xl/workbook.xml" not in folder.namelist():
                raise Unreadable(
                    _("This is neither an .xlsx nor an .ods workbook: save the table as one of them, or as CSV.")
                )
        # data_only: the last value shown by the spreadsheet; formulas are never evaluated here
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # the size declared by the file cannot be trusted
        for row in sheet.iter_rows(max_col=COLUMNS + 1, max_row=ROWS + 200, values_only=True):
            yield [_shown(value) for value in row]
        book.close()
    except (
        zipfile.BadZipFile, InvalidFileException, DefusedXmlException, ParseError, KeyError, IndexError, OSError,
        NotImplementedError, ValueError,
    ) as error:  # fmt: skip
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(_("This workbook cannot be opened: save it again as .xlsx, as .ods or as CSV.")) from error


def _shown(value) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
