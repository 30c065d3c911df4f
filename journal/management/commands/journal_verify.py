"""Compare the journal with its checkpoints."""

from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections, transaction

from foundation.actor import SYSTEM, acting_as
from foundation.tasks import awaited
from journal import documents, rules
from journal.selectors import faults as comparison


@contextmanager
def _reader():
    """Open the transaction in which all of the journal is read while the sealer waits; yield its connection's alias."""
    if "owner" in connections:
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            cursor.execute("SELECT nrm.hold_turn(%s)", [" ".join(rules.LOCK)])
            yield "owner"
    else:
        with acting_as(SYSTEM):
            awaited(*rules.LOCK)
            yield "default"


class Command(BaseCommand):
    help = (
        "Names each entry of the journal that is altered, missing, backdated or in no checkpoint, and each checkpoint"
        " that was forged or taken away. Ends with 1 when there is any. Needs the files and the public keys alone, and"
        " reads the database as its owner (DATABASE_OWNER_URL), or as the worker (NRM_ROLE=worker)."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--folder", type=Path, help="of the files of checkpoints; JOURNAL_CHECKPOINTS when not given"
        )
        parser.add_argument(
            "--key", action="append", help="a public key, once for each; those of this installation when not given"
        )

    def handle(self, *args, folder, key, **options):
        folder = folder or Path(settings.JOURNAL_CHECKPOINTS)
        try:
            ring = rules.key_ring(key) if key else rules.known_keys()
        except ValueError as error:
            raise CommandError("--key takes a public key: 32 bytes in base64, as journal_key prints it.") from error
        if not documents.files(folder):
            raise CommandError(f"There is no checkpoint in {folder}.")
        result, faults = comparison.Result(), 0
        try:
            with _reader() as using:
                for found in comparison.findings(lambda: documents.lines(folder), ring, result, using):
                    self.stdout.write(str(found))
                    faults += 1
        except documents.Unreadable as error:
            raise CommandError(str(error)) from error
        self._sum_up(result)
        if faults:
            raise CommandError(f"{faults} fault{'s' if faults > 1 else ''}.")
        self.stdout.write("The journal is what its checkpoints say.")

    def _sum_up(self, result) -> None:
        first, last = result.first, result.last
        self.stdout.write(
            f"Checkpoints {first['number']} to {last['number']}, {first['at']} to {last['at']}: {result.entries}"
            f" entries sealed, {result.absent} of them forgotten after their time or before a restoration."
        )
        for since, until in result.silences:
            self.stdout.write(f"None was signed from {since} to {until}.")
