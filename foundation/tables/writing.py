"""Write tables as files that a French spreadsheet opens without a question and never executes."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import IO

from django.utils.translation import gettext as _

from . import ods, xlsx

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def plain(value):
    """Return the value, with a quote before a text that a spreadsheet would run as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def write_csv(out: IO[bytes], columns, rows: Iterable) -> None:
    """Write the table as CSV in UTF-8, with a byte order mark and semicolons."""
    writer = csv.writer(_Encoded(out), delimiter=";", lineterminator="\r\n")
    out.write("\ufeff".encode())
    writer.writerow(columns)
    writer.writerows(_plain(rows))


class _Encoded:
    """Write text into a stream of bytes at once: nothing waits in a buffer that would close the stream with it."""

    def __init__(self, out: IO[bytes]):
        self.out = out

    def write(self, text: str) -> int:
        return self.out.write(text.encode())


def write_xlsx(out: IO[bytes], columns, rows: Iterable) -> None:
    xlsx.write(out, _("Export"), columns, _plain(rows))


def write_ods(out: IO[bytes], columns, rows: Iterable) -> None:
    ods.write_to(out, _("Export"), columns, _plain(rows))


def _plain(rows: Iterable) -> Iterator[list]:
    return ([plain(value) for value in row] for row in rows)


def _whole(write: Callable[[IO[bytes], Iterable, Iterable], None]) -> Callable[[Iterable, Iterable], bytes]:
    """Return the function that gives as bytes what `write` writes row by row."""

    def as_bytes(columns, rows) -> bytes:
        out = io.BytesIO()
        write(out, columns, rows)
        return out.getvalue()

    return as_bytes


# into a stream, row by row: (out, columns, rows)
STREAMS = {"csv": write_csv, "xlsx": write_xlsx, "ods": write_ods}
WRITERS = {kind: _whole(write) for kind, write in STREAMS.items()}
as_csv, as_xlsx, as_ods = WRITERS["csv"], WRITERS["xlsx"], WRITERS["ods"]
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": xlsx.MIME, "ods": ods.MIME}
