"""Build the exported file: a table in a ZIP encrypted with AES-256, and a notice that says whose copy it is."""

import io
import secrets
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Category
from foundation.tables.writing import WRITERS
from referral.htcds.rules.records import as_json
from referral.models import Export
from victims.models import ReadingAlarm

SCHEMA_FILE = Path(settings.BASE_DIR) / "data/htcds/cases-1.0.schema.json"
STANDARD = "Human Trafficking Case Data Standard (HTCDS) by IOM, licensed under CC BY 4.0."
# what a table with names takes out counts in these budgets of reading
COUNTED = {Category.IDENTITY: ReadingAlarm.Kind.IDENTITY, Category.CONTACT: ReadingAlarm.Kind.CONTACT}
ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"  # without signs that look alike


def passphrase() -> str:
    """Return five groups of five signs: 122 bits, short enough to copy by hand."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(5))


def seal(export, actor, table: dict, password: str) -> bytes:
    """Return the encrypted ZIP. `table`: {"columns", "rows": [{"cells"}]}.

    Each line carries the reference of the export, so that a copy can be traced.
    """
    import pyzipper  # as large as the library for workbooks, and rarely needed

    columns = [*table["columns"], _("Export") if export.content == Export.Content.LIST else "repere_export"]
    rows = [[*row["cells"], export.reference] for row in table["rows"]]
    body = {**WRITERS, Export.Format.JSON: as_json}[export.format](columns, rows)
    out = io.BytesIO()
    with pyzipper.AESZipFile(out, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(password.encode())
        archive.writestr(f"export-{export.reference}.{export.format}", body)
        archive.writestr("LISEZ-MOI.txt", _notice(export, actor).encode())
        if export.format == Export.Format.JSON:
            archive.writestr(SCHEMA_FILE.name, SCHEMA_FILE.read_bytes())
    return out.getvalue()


def _notice(export, actor) -> str:
    named = export.content == Export.Content.NAMED
    who = _("It holds names and ways to reach people.") if named else _("It holds no name.")
    notice = _(
        "Export %(reference)s, handed over to %(person)s, %(agency)s, on %(date)s.\n"
        "%(who)s It speaks of people who may be in danger: keep it no longer than you need it, do not send "
        "it on, and delete it afterwards.\n"
    ) % {
        "reference": export.reference,
        "who": who,
        "person": actor.called,
        "agency": actor.agency,
        "date": timezone.localtime().strftime("%d/%m/%Y %H:%M"),
    }
    return notice if export.content == Export.Content.LIST else f"{notice}\n{STANDARD}\n"
