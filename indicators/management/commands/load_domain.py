"""`manage.py load_domain`: load the pack shipped in `data/`, as the owner of the database."""

import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from indicators.loading import DATA, PackRefused, load_domain


class Command(BaseCommand):
    help = "Loads the domain pack: all of it in one transaction, or nothing. Loading it again does nothing."
    title = "Domain pack"
    load = staticmethod(load_domain)

    def add_arguments(self, parser):
        parser.add_argument("--folder", type=Path, default=DATA, help="Folder of the pack (default: data/).")

    def handle(self, *args, folder, verbosity, **options):
        if "owner" not in connections:
            raise CommandError(
                "The catalogues belong to the database owner: set DATABASE_OWNER_URL for this command, "
                "as for migrate. The application only reads them."
            )
        started = time.monotonic()
        try:
            loaded = self.load(using="owner", folder=folder)
        except PackRefused as refusal:
            raise CommandError(f"Nothing was loaded.\n{refusal}") from None
        if verbosity == 0:
            return
        took = f"{time.monotonic() - started:.1f} s"
        if not loaded.changed:
            self.stdout.write(f"{self.title}: unchanged ({took}).")
            return
        counts = ", ".join(f"{number} {what}" for what, number in loaded.counts.items())
        self.stdout.write(f"{self.title}: {counts} ({took}).")
        if loaded.stale_translations:
            self.stdout.write(f"{loaded.stale_translations} English texts are stale: the French is shown.")
