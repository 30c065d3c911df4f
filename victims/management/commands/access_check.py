"""Compare the derived access rows with the grants, as read by the database and by guardian."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, connections, transaction

from victims.access.access import Held, access_differences

DIFFERENCES = "SELECT case_id, agency_id, problem FROM nrm.access_differences() ORDER BY 1, 2"


@contextmanager
def guardian_reads(database: str) -> Iterator[None]:
    """Let guardian read another database than the default: its functions take no alias."""
    former = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = connections[database]
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = former


def words(held: Held | None) -> str:
    return f"level {held.level}, categories {held.categories:#07b}" if held else "no access"


class Command(BaseCommand):
    help = (
        "Says where CaseAccess differs from the grants, computed again by the database and asked of guardian; with "
        "--repair computes those cases again. Run as the owner."
    )

    def add_arguments(self, parser):
        parser.add_argument("--repair", action="store_true", help="compute the differing cases again")
        parser.add_argument("--database", default="owner", help="alias that may repair (owner)")

    def handle(self, *args, database, repair, **options):
        if database not in connections:
            raise CommandError("Set DATABASE_OWNER_URL: only the owner of the database compares and repairs.")
        with transaction.atomic(using=database), connections[database].cursor() as cursor, guardian_reads(database):
            found = self.compare(cursor)
            if found and repair:
                cursor.execute("SELECT nrm.recompute(%s::uuid[])", [sorted({case for case, _ in found})])
                if left := self.compare(cursor):
                    raise CommandError(f"{len(left)} differences remain after the repair.")
                self.stdout.write(self.style.SUCCESS(f"{len({case for case, _ in found})} cases computed again."))
            elif found:
                raise CommandError(f"{len(found)} differences. Run it again with --repair.")
            else:
                self.stdout.write(self.style.SUCCESS("Access matches the grants, and what guardian says of them."))

    def compare(self, cursor) -> set[tuple]:
        """Print each difference, and return the (case, agency) pairs that have one."""
        cursor.execute(DIFFERENCES)
        found = set()
        for case, agency, problem in cursor.fetchall():
            found.add((case, agency))
            self.stdout.write(f"case {case} agency {agency}: {problem}")
        for case, agency, said, derived in access_differences():
            found.add((case, agency))
            self.stdout.write(f"case {case} agency {agency}: guardian says {words(said)}; derived: {words(derived)}")
        return found
