"""Compares the derived access rows with the grants they come from."""

from django.core.management.base import BaseCommand, CommandError
from django.db import connections, transaction

DIFFERENCES = "SELECT case_id, agency_id, problem FROM nrm.access_differences() ORDER BY 1, 2"


class Command(BaseCommand):
    help = "Says where CaseAccess differs from the grants; with --repair computes those cases again. Run as the owner."

    def add_arguments(self, parser):
        parser.add_argument("--repair", action="store_true", help="compute the differing cases again")
        parser.add_argument("--database", default="owner", help="alias that may repair (owner)")

    def handle(self, *args, database, repair, **options):
        if database not in connections:
            raise CommandError("Set DATABASE_OWNER_URL: only the owner of the database compares and repairs.")
        with transaction.atomic(using=database), connections[database].cursor() as cursor:
            cursor.execute(DIFFERENCES)
            found = cursor.fetchall()
            for case_id, agency_id, problem in found:
                self.stdout.write(f"case {case_id} agency {agency_id}: {problem}")
            if found and repair:
                ids = sorted({case_id for case_id, _, _ in found})
                cursor.execute("SELECT nrm.recompute(%s::uuid[])", [ids])
                cursor.execute(DIFFERENCES)
                if left := cursor.fetchall():
                    raise CommandError(f"{len(left)} differences remain after the repair.")
                self.stdout.write(self.style.SUCCESS(f"{len(ids)} cases computed again."))
            elif found:
                raise CommandError(f"{len(found)} differences. Run it again with --repair.")
            else:
                self.stdout.write(self.style.SUCCESS("Access matches the grants."))
