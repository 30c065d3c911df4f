"""Erase again, in a restored database, what had been erased since its backup was taken."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections, transaction

from journal.models import Entry
from referral.erasure.documents import NoRegister, read
from referral.erasure.operations import came_back, erase_again, left_out


class Command(BaseCommand):
    help = (
        "Reads the register of erasures that stands beside the checkpoints of the journal, and erases each case and"
        " alert of it that a backup brought back, whatever holds it here: the register is younger. Run it before"
        " manage.py fence --lift, which asks for it. A line that no key of the journal signed is named, and erases"
        " nothing. Needs DATABASE_OWNER_URL."
    )

    def add_arguments(self, parser):
        parser.add_argument("--folder", type=Path, help="of the register; JOURNAL_CHECKPOINTS when not given")
        parser.add_argument("--key", action="append", default=[], help="a public key of the journal, once for each")
        parser.add_argument("--database", default="owner", help="alias of the connection of the owner")

    def handle(self, *args, folder, key, database, **options):
        if database not in connections:
            raise CommandError("Set DATABASE_OWNER_URL: only the owner erases what a backup brought back.")
        try:
            register = read(Path(folder or settings.JOURNAL_CHECKPOINTS), key)
        except NoRegister as error:
            raise CommandError(f"{error}.") from None
        if register.unsigned:
            lines = ", ".join(map(str, register.unsigned))
            self.stderr.write(f"No key of the journal signed these lines, which erase nothing: {lines}.")
        if missing := left_out(register.named, database):
            self.stderr.write(
                f"{missing} erasure(s) of this database stood in the register, not in this one: it is older than"
                " the backup, of another folder, or lines were taken away. What it lacks is not erased again:"
                " give the newest copy by --folder. manage.py fence --lift refuses meanwhile."
            )
        found = came_back(register.named, database)
        for pk, kind in found:
            with transaction.atomic(using=database):
                erase_again(pk, kind, database)
                about = {"case_id": pk} if kind == "case" else {"subject": "alert", "subject_id": str(pk)}
                Entry.objects.using(database).create(action="erasures.replay", **about)
        self.stdout.write(f"{len(found) or 'Nothing'} of the register had come back{': erased again' * bool(found)}.")
