"""Read until when cases are kept, what holds them, and what was erased."""

from django.db.models import BooleanField, F, Func, OuterRef, Subquery
from django.utils import timezone

from agencies.models import Level
from referral.models import CaseTerm, Erasure, LegalHold
from referral.models.erasures import AFTER_A_HOLD, KEPT_AT_LEAST
from victims.models import Case, CaseAccess


def keeping_of(actor, case_id) -> dict:
    """Return until when a closed case is kept: `term` once the worker has told it, whether it is `held`, `free_at`, the
    moment until which the end of a hold keeps it, and whether something `else_keeps` it, never what."""
    found = LegalHold.objects.visible_to(actor).filter(case=case_id).values_list("state", "changed_at")
    rows = list(found.order_by("changed_at"))
    ended = [at + AFTER_A_HOLD for state, at in rows if state == LegalHold.State.ENDED]
    now = timezone.now()
    kept = Func(F("case_id"), function="nrm.something_keeps", output_field=BooleanField())
    term = CaseTerm.objects.visible_to(actor).filter(case=case_id).annotate(kept=kept).first()
    held, free_at = len(ended) < len(rows), ended[-1] if ended and ended[-1] > now else None
    # during the first year its closing itself keeps it, and no time is over sooner
    long_closed = term is not None and term.closed_at <= now - KEPT_AT_LEAST
    return {
        "term": term,
        "held": held,
        "free_at": free_at,
        "else_keeps": long_closed and term.kept and not held and not free_at,
    }


def reads_summary(actor, case_id) -> bool:
    """Return whether the pages of this case are open to the actor."""
    return Case.objects.visible_to(actor, Level.SUMMARY).filter(pk=case_id).exists()


def holds(actor):
    """Return the holds that the actor sees, with the reference of their case (of the access: a state alone shows no
    case), the soonest review first."""
    known = CaseAccess.objects.of(actor).filter(case=OuterRef("case_id")).values("reference")[:1]
    found = LegalHold.objects.visible_to(actor).select_related("agency", "by__user")
    return found.annotate(case_reference=Subquery(known)).order_by("review_on", "id")


def standing(actor):
    """Return the holds that have not ended."""
    return holds(actor).exclude(state=LegalHold.State.ENDED)


def erasures(actor):
    """Return the register of erasures, newest first: for those who read the journal."""
    return Erasure.objects.visible_to(actor)
