"""A table handed over as a file: what a French spreadsheet opens without a question, and never runs."""

import csv
import io

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def plain(value):
    """A text that a spreadsheet would run as a formula is kept as a text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def as_csv(columns, rows) -> bytes:
    """With a byte order mark and semicolons."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([plain("" if value is None else value) for value in row] for row in rows)
    return "\ufeff".encode() + out.getvalue().encode()
