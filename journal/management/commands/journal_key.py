"""Print the public key of the checkpoints of the journal."""

from django.conf import settings
from django.core.management.base import BaseCommand

from journal.rules import Signer


class Command(BaseCommand):
    help = "Prints the public key of JOURNAL_KEY: for whoever keeps the checkpoints, to verify them without signing."
    requires_system_checks = ()

    def handle(self, *args, **options):
        self.stdout.write(Signer(settings.JOURNAL_KEY).public)
