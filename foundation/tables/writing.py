"""Write tables as files that a French spreadsheet opens without a question and never executes."""

import csv
import io

from django.utils.translation import gettext as _

from . import ods

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def plain(value):
    """Return the value, with a quote before a text that a spreadsheet would run as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def as_csv(columns, rows) -> bytes:
    """Return the table as CSV in UTF-8, with a byte order mark and semicolons."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([plain(value) for value in row] for row in rows)
    return "\ufeff".encode() + out.getvalue().encode()


def as_xlsx(columns, rows) -> bytes:
    from openpyxl import Workbook  # 25 MiB in each process that imports it: only one that makes a workbook does

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Export"))
    sheet.append(columns)
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet, value):
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=plain(value))
    if isinstance(value, str):
        cell.data_type = "s"  # never a formula, whatever it begins with
    return cell


def as_ods(columns, rows) -> bytes:
    return ods.write(_("Export"), columns, ([plain(value) for value in row] for row in rows))


WRITERS = {"csv": as_csv, "xlsx": as_xlsx, "ods": as_ods}
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": ods.MIME,
}
