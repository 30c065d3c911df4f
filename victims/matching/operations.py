"""Ask the worker to compare an identity with the others."""

from django.db import transaction

from foundation.tasks import wake
from victims.models import Identity, IdentityEntry


def owe_comparison(actor, case) -> None:
    """Write that this case's identity is to be compared with the others. All that whoever types it pays for."""
    IdentityEntry.objects.create(case=case, by=actor)
    # robust: a dead broker never turns a committed change into an error page; the beat finds the entry
    transaction.on_commit(_wake, robust=True)


def _wake():
    wake("referral.tasks.compare_identities")


def owe_all() -> int:
    """Every identity is to be compared again, on nobody's account: after a change of key or of rules."""
    cases = Identity.objects.values_list("case", flat=True)
    return len(IdentityEntry.objects.bulk_create([IdentityEntry(case_id=pk, by=None) for pk in cases]))
