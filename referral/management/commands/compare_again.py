"""Every identity compared again: after a change of MATCH_KEY, or of the rules of comparison."""

from django.core.management import BaseCommand

from agencies.actor import SYSTEM, acting_as
from referral.operations.matches import compare_due, owe_all


class Command(BaseCommand):
    help = "Compares every identity again, on nobody's account. Run as the worker: NRM_ROLE=worker, with MATCH_KEY."

    def handle(self, *args, **options):
        with acting_as(SYSTEM):
            owed = owe_all()
        done = 0
        while made := compare_due():
            done += made
        self.stdout.write(f"{owed} identities, {done} compared.")
