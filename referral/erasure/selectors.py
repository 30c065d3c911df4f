"""Read until when cases are kept, what holds them, and what was erased."""

from referral.models import CaseTerm, Erasure, LegalHold


def term_of(actor, case_id) -> CaseTerm | None:
    """Return until when a closed case is kept, once the worker has told it."""
    return CaseTerm.objects.visible_to(actor).filter(case=case_id).first()


def holds(actor):
    """Return what holds the cases that the actor sees, with their reference, the soonest review first."""
    return LegalHold.objects.visible_to(actor).select_related("case", "agency", "by__user").order_by("review_on", "id")


def standing(actor):
    """Return the holds that have not ended."""
    return holds(actor).exclude(state=LegalHold.State.ENDED)


def erasures(actor):
    """Return the register of erasures, newest first: for those who read the journal."""
    return Erasure.objects.visible_to(actor)
