"""Build the exported file: a table in a ZIP encrypted with AES-256, and a notice that says whose copy it is."""

import secrets
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Category
from foundation.tables.writing import STREAMS
from referral.htcds.rules.records import write_json
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


class Sink:
    """Keep what a writer wrote until it is taken: no file, nothing on a disk, no seeking back."""

    def __init__(self):
        self.parts: list[bytes] = []

    def write(self, data) -> int:
        self.parts.append(bytes(data))
        return len(self.parts[-1])

    def flush(self) -> None:
        """Do nothing: what is written is kept at once."""

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken, self.parts = b"".join(self.parts), []
        return taken


def seal(out: Sink, export, actor, columns: list[str], rows: Iterable[dict], password: str) -> None:
    """Write the encrypted ZIP into `out`, row by row. `rows`: {"cells"} each.

    Each line carries the reference of the export, so that a copy can be traced.
    """
    import pyzipper  # as large as the library for workbooks, and rarely needed

    columns = [*columns, _("Export") if export.content == Export.Content.LIST else "repere_export"]
    lines = ([*row["cells"], export.reference] for row in rows)
    with pyzipper.AESZipFile(out, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(password.encode())
        with archive.open(f"export-{export.reference}.{export.format}", "w") as body:
            {**STREAMS, Export.Format.JSON: write_json}[export.format](body, columns, lines)
        archive.writestr("LISEZ-MOI.txt", _notice(export, actor).encode())
        if export.format == Export.Format.JSON:
            archive.writestr(SCHEMA_FILE.name, SCHEMA_FILE.read_bytes())


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
