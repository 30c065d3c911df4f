"""Compare all identities again, after a change of MATCH_KEY or of the rules of comparison."""

from django.core.management import BaseCommand

from foundation.actor import SYSTEM, acting_as
from referral.duplicates.operations.comparison import compare_due
from victims.matching.operations import request_all_comparisons


class Command(BaseCommand):
    help = "Compares every identity again, on nobody's account. Run as the worker: NRM_ROLE=worker, with MATCH_KEY."

    def handle(self, *args, **options):
        with acting_as(SYSTEM):
            owed = request_all_comparisons()
        done = 0
        while made := compare_due():
            done += made
        self.stdout.write(f"{owed} identities, {done} compared.")
