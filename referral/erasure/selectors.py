"""Read until when cases are kept, what holds them, and what was erased."""

from django.utils import timezone

from referral.models import CaseTerm, Erasure, LegalHold
from referral.models.erasures import AFTER_A_HOLD


def keeping_of(actor, case_id) -> dict:
    """Return until when a closed case is kept: `term` once the worker has told it, whether it is `held`, and `free_at`,
    the moment until which the end of a hold keeps it."""
    found = LegalHold.objects.visible_to(actor).filter(case=case_id).values_list("state", "changed_at")
    rows = list(found.order_by("changed_at"))
    ended = [at + AFTER_A_HOLD for state, at in rows if state == LegalHold.State.ENDED]
    return {
        "term": CaseTerm.objects.visible_to(actor).filter(case=case_id).first(),
        "held": len(ended) < len(rows),
        "free_at": ended[-1] if ended and ended[-1] > timezone.now() else None,
    }


def holds(actor):
    """Return what holds the cases that the actor sees, with their reference, the soonest review first."""
    return LegalHold.objects.visible_to(actor).select_related("case", "agency", "by__user").order_by("review_on", "id")


def standing(actor):
    """Return the holds that have not ended."""
    return holds(actor).exclude(state=LegalHold.State.ENDED)


def erasures(actor):
    """Return the register of erasures, newest first: for those who read the journal."""
    return Erasure.objects.visible_to(actor)
