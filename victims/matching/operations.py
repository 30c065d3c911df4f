"""Request the comparison of an identity with the others."""

from django.db import transaction

from foundation.tasks import wake
from victims.models import Identity, IdentityEntry


def request_comparison(actor, case) -> None:
    """Record that the identity of this case is to be compared with the others.

    This insert is the whole cost for the person who typed it.
    """
    IdentityEntry.objects.create(case=case, by=actor)
    # robust: a dead broker must not turn a committed change into an error page; the periodic task finds the entry
    transaction.on_commit(_wake, robust=True)


def _wake():
    wake("referral.tasks.compare_identities")


def request_all_comparisons() -> int:
    """Record that every identity is to be compared again, without an author, and return their number.

    Used after a change of key or of rules.
    """
    cases = Identity.objects.values_list("case", flat=True)
    return len(IdentityEntry.objects.bulk_create([IdentityEntry(case_id=pk, by=None) for pk in cases]))
