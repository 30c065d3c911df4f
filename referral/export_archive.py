"""The file handed over: a table in a ZIP encrypted with AES-256, and a page that says whose copy it is."""

import csv
import io
import secrets

from django.utils import timezone
from django.utils.translation import gettext as _

from . import ods

ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"  # nothing that is read as something else
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def passphrase() -> str:
    """Five groups of five signs: 122 bits, and short enough to be copied by hand."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(5))


def plain(value):
    """A text that a spreadsheet would run as a formula is kept as a text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def as_csv(columns, rows) -> bytes:
    """With a byte order mark and semicolons: what a French spreadsheet opens without a question."""
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


def as_ods(columns, rows) -> bytes:
    return ods.write(_("Export"), columns, ([plain(value) for value in row] for row in rows))


WRITERS = {"csv": as_csv, "xlsx": as_xlsx, "ods": as_ods}
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": ods.MIME,
}


def _cell(sheet, value):
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=plain(value))
    if isinstance(value, str):
        cell.data_type = "s"  # never a formula, whatever it begins with
    return cell


def seal(export, actor, table: dict, password: str) -> bytes:
    """`table`: {"columns", "rows": [{"cells"}]}. Each line carries the export's reference, so that a copy says whose
    it is."""
    import pyzipper  # as large as the workbooks' library, for the few exports

    columns = [*table["columns"], _("Export")]
    rows = [[*row["cells"], export.reference] for row in table["rows"]]
    body = WRITERS[export.format](columns, rows)
    out = io.BytesIO()
    with pyzipper.AESZipFile(out, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(password.encode())
        archive.writestr(f"export-{export.reference}.{export.format}", body)
        archive.writestr("LISEZ-MOI.txt", _notice(export, actor).encode())
    return out.getvalue()


def _notice(export, actor) -> str:
    return _(
        "Export %(reference)s, handed over to %(person)s, %(agency)s, on %(date)s.\n"
        "It holds no name. It speaks of people who may be in danger: keep it no longer than you need it, do not send "
        "it on, and delete it afterwards.\n"
    ) % {
        "reference": export.reference,
        "person": actor.user.full_name,
        "agency": actor.agency,
        "date": timezone.localtime().strftime("%d/%m/%Y %H:%M"),
    }
