"""Print the query plans of the lists at a given size, in a temporary database."""

import os
from contextlib import contextmanager

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connections

from dev.seeding.lists import faults, lists, seed
from foundation.actor import acting_as


@contextmanager
def throw_away(name: str):
    """Point both aliases to a new migrated database, and drop it at the end, even after an error."""
    owner = connections["owner"]
    home = owner.settings_dict["NAME"]
    _go(home)
    with owner.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {owner.ops.quote_name(name)}")
    try:
        _go(name)
        call_command("migrate", database="owner", verbosity=0)
        yield
    finally:
        _go(home)
        with owner.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {owner.ops.quote_name(name)}")


def _go(name: str) -> None:
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


class Command(BaseCommand):
    help = "Seeds a database made for it, prints the plan of each list as the application gets it, drops the database."

    def add_arguments(self, parser):
        parser.add_argument("--rows", type=int, action="append", help="cases; may be given twice (10000 and 100000)")

    def handle(self, *args, **options):
        if not settings.DEVELOPMENT or "owner" not in connections:
            raise CommandError("Development only: it needs DEBUG=1 and the owner's address to make a database.")
        for rows in options["rows"] or [10_000, 100_000]:
            with throw_away(f"lists_{os.getpid()}_{rows}"):
                actor = seed(rows)
                with acting_as(actor):
                    for name, queryset in lists(actor).items():
                        list(queryset)  # once before measuring: the first read fills the cache
                        plan = queryset.explain(analyze=True, buffers=True)
                        said = ", ".join(faults(plan)) or "ordered scan"
                        self.stdout.write(f"\n## {rows} cases: {name} ({said})\n\n{plan}")
