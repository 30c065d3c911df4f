"""Erase again, in a restored database, what had been erased since its backup was taken."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections, transaction

from journal.models import Entry
from referral.erasure.documents import NoRegister, digests
from referral.erasure.operations import came_back, erase_again


class Command(BaseCommand):
    help = (
        "Reads the register of erasures that stands beside the checkpoints of the journal, and erases each case and"
        " alert of it that a backup brought back, whatever holds it here: the register is younger. Run it before"
        " manage.py fence --lift, which asks for it. Needs DATABASE_OWNER_URL."
    )

    def add_arguments(self, parser):
        parser.add_argument("--folder", type=Path, help="of the register; JOURNAL_CHECKPOINTS when not given")
        parser.add_argument("--database", default="owner", help="alias of the connection of the owner")

    def handle(self, *args, folder, database, **options):
        if database not in connections:
            raise CommandError("Set DATABASE_OWNER_URL: only the owner erases what a backup brought back.")
        try:
            found = came_back(digests(Path(folder or settings.JOURNAL_CHECKPOINTS)), database)
        except NoRegister as error:
            raise CommandError(f"{error}: give the folder of the checkpoints by --folder.") from None
        for pk, kind in found:
            with transaction.atomic(using=database):
                erase_again(pk, kind, database)
                about = {"case_id": pk} if kind == "case" else {"subject": "alert", "subject_id": str(pk)}
                Entry.objects.using(database).create(action="erasures.replay", **about)
        self.stdout.write(f"{len(found) or 'Nothing'} of the register had come back{': erased again' * bool(found)}.")
