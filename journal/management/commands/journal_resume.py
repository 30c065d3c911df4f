"""Go on sealing the journal after the database was restored from a copy."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from foundation.actor import SYSTEM, acting_as
from journal import documents, operations


class Command(BaseCommand):
    help = (
        "After a restoration the checkpoints outside go further than the database, and the sealer waits. Signs that the"
        " database goes on from its own last checkpoint: what stands between is not looked for any more. Run it as the"
        " worker (NRM_ROLE=worker, with JOURNAL_KEY), after journal_verify has told what is missing."
    )

    def handle(self, *args, **options):
        last = documents.last(Path(settings.JOURNAL_CHECKPOINTS))
        if last is None:
            raise CommandError(f"There is no checkpoint in {settings.JOURNAL_CHECKPOINTS}.")
        try:
            with acting_as(SYSTEM):
                made = operations.resume(last)
        except ValueError as error:
            raise CommandError(f"Nothing to do: {error}.") from error
        self.stdout.write(f"Checkpoint {made.number} says that the database goes on from {made.through}.")
