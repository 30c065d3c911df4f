"""Read an uploaded table (CSV, XLSX or ODS) as text, within limits.

Nothing in it is executed: formulas are not evaluated, links not followed, and an archive that would expand too much is
refused before it is expanded.
"""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice
from typing import IO
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import ods

UNFOLDED_BYTES = 80_000_000
PARTS = 300  # files inside a workbook
COLUMNS = 40
CELL = 500
DELIMITERS = ";,\t|"
CHUNK = 64 * 1024


@dataclass(frozen=True)
class Limits:
    """Hold how large a table may be, and what is said of a larger one."""

    size: int
    rows: int
    too_large: str | Promise
    too_long: str | Promise


FEW = Limits(
    2_000_000,
    2000,
    gettext_lazy("The file is over 2 MB: cut it into several, 2,000 lines each at most."),
    gettext_lazy("The table has more than 2,000 lines: cut it into several files."),
)
MANY = Limits(
    5_000_000,
    20_000,
    gettext_lazy("The file is over 5 MB: cut it into several, 20,000 lines each at most."),
    gettext_lazy("The table has more than 20,000 lines: cut it into several files."),
)


class Unreadable(ValueError):
    """Signal a file that cannot be read; the message says what is wrong and what to do."""


@dataclass(frozen=True)
class Table:
    """Hold the headers and the rows of a table."""

    headers: list[str]
    rows: list[list[str]]  # as many cells as headers; no empty rows
    first: int = 2  # number of the first row, as in a spreadsheet, where line 1 holds the names of columns


@dataclass(frozen=True)
class Stream:
    """Hand out the rows of a table one by one, once. A row that is wider than those before it adds to the headers.

    Handing them out raises Unreadable where the file is no table any more, or too long.
    """

    headers: list[str]
    rows: Iterator[list[str]]  # as many cells as there are headers by then; no empty rows
    first: int = 2


def read(data: bytes, *, cell: int = CELL) -> Table:
    """Return the first sheet, with its first non-empty line as headers. `cell`: the longest text allowed in a cell.

    Raises Unreadable.
    """
    table = stream(io.BytesIO(data), cell=cell, limits=FEW)
    rows = list(table.rows)
    return Table(table.headers, [row + [""] * (len(table.headers) - len(row)) for row in rows], table.first)


def stream(file: IO[bytes], *, cell: int = CELL, limits: Limits = MANY) -> Stream:
    """As `read`, from a file that can seek, its rows read as they are handed out. Raises Unreadable."""
    if file.seek(0, io.SEEK_END) > limits.size:
        raise Unreadable(str(limits.too_large))
    begins = _at(file, 4)
    if begins == b"\xd0\xcf\x11\xe0":
        raise Unreadable(_("This is the old .xls format: save it as .xlsx, .ods or CSV."))
    found = _cells(_workbook(file, limits.rows) if begins == b"PK\x03\x04" else _text(file), cell, limits)
    headers, first = next(found, None), next(found, None)
    if headers is None or first is None:
        raise Unreadable(_("The table is empty: a line of column names, then its lines."))
    headers = [name or _("Column %(n)d") % {"n": n} for n, name in enumerate(headers, 1)]
    return Stream(headers, _widened(headers, chain([first], found)))


def _widened(headers: list[str], rows: Iterable[list[str]]) -> Iterator[list[str]]:
    for row in rows:
        while len(headers) < len(row):
            headers.append(_("Column %(n)d") % {"n": len(headers) + 1})
        yield row + [""] * (len(headers) - len(row))


def _cells(lines, longest: int, limits: Limits) -> Iterator[list[str]]:
    """Yield the lines that are not empty, without the empty cells at their end. Raises Unreadable."""
    found = 0
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
        found += 1
        if found > limits.rows + 1:
            raise Unreadable(str(limits.too_long))
        yield cells


def _at(file: IO[bytes], size: int) -> bytes:
    file.seek(0)
    begins = file.read(size)
    file.seek(0)
    return begins


def _text(file: IO[bytes]) -> Iterator[list[str]]:
    encoding = _encoding(file)
    file.seek(0)
    lines = codecs.getreader(encoding)(file)
    sample = [line for line in islice(lines, 20) if line.strip()]
    # the delimiter found the same number of times on most lines; French spreadsheets write semicolons
    delimiter = max(DELIMITERS, key=lambda sign: _steady(sample, sign))
    file.seek(0)
    text = io.TextIOWrapper(_Kept(file), encoding, newline="")
    try:
        yield from csv.reader(text, delimiter=delimiter)
    except csv.Error as error:
        raise Unreadable(_("The file cannot be read as a table: save it again as CSV or .xlsx.")) from error


class _Kept(io.BufferedIOBase):
    """Read from a file that stays open when what reads it goes."""

    def __init__(self, file: IO[bytes]):
        self.file = file

    def readable(self) -> bool:
        return True

    def read1(self, size=-1, /) -> bytes:
        return self.file.read(size)

    read = read1


def _steady(sample: list[str], sign: str) -> tuple[int, int]:
    counts = [line.count(sign) for line in sample]
    usual = max(set(counts), key=counts.count) if counts else 0
    return (counts.count(usual) if usual else 0, usual)


def _encoding(file: IO[bytes]) -> str:
    """Return UTF-8 or UTF-16 with a byte order mark, UTF-8, else Windows-1252, as spreadsheets save."""
    marked = _at(file, 2) in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        file.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            while chunk := file.read(CHUNK):
                if "\0" in decoder.decode(chunk):
                    raise Unreadable(_("This file is not a table: bring a CSV, an .xlsx or an .ods file."))
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise Unreadable(_("The letters of this file cannot be read: save it as CSV in UTF-8, or as .xlsx."))


def _workbook(file: IO[bytes], most: int) -> Iterator[list[str]]:
    from openpyxl import load_workbook  # 25 MiB in each process that imports it: only one that reads a workbook does
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(file) as folder:
            parts = folder.infolist()
            if len(parts) > PARTS or sum(part.file_size for part in parts) > UNFOLDED_BYTES:
                raise Unreadable(_("This workbook unfolds into too much: save its first sheet alone, or as CSV."))
            if "content.xml" in folder.namelist():
                with folder.open("content.xml") as content:
                    yield from ods.read(content, columns=COLUMNS + 1, rows=most + 200)
                return
            if "xl/workbook.xml" not in folder.namelist():
                raise Unreadable(
                    _("This is neither an .xlsx nor an .ods workbook: save the table as one of them, or as CSV.")
                )
        # data_only: the last value shown by the spreadsheet; formulas are never evaluated here
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # the size declared by the file cannot be trusted
        for row in sheet.iter_rows(max_col=COLUMNS + 1, max_row=most + 200, values_only=True):
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
