"""Read until when cases are kept, what holds them, and what was erased."""

from datetime import date, datetime

from django.db import connection
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from agencies.models import Level
from referral.archives.selectors import opening_of
from referral.config.retention import ARCHIVED_AFTER
from referral.models import CaseTerm, Erasure, LegalHold
from referral.models.erasures import AFTER_A_HOLD
from victims.models import Case, CaseAccess, Requisition


def keeping_of(actor, case_id) -> dict:
    """Return until when a closed case is kept: `term` once the worker has told it, whether it is `held`, `free_at`, the
    moment until which the end of a hold keeps it, whether something `else_keeps` it, never what, and `not_before`, the
    day before which nothing of it goes when that is not the one of its term."""
    found = LegalHold.objects.visible_to(actor).filter(case=case_id).values_list("state", "changed_at")
    rows = list(found.order_by("changed_at"))
    ended = [at + AFTER_A_HOLD for state, at in rows if state == LegalHold.State.ENDED]
    now = timezone.now()
    term = CaseTerm.objects.visible_to(actor).filter(case=case_id).first()
    waits, until = _what_keeps(case_id) if term else (False, None)
    not_before = max(timezone.localdate(), timezone.localdate(until) if until else date.min)
    return {
        "term": term,
        "archived_from": term and timezone.localdate(term.closed_at + ARCHIVED_AFTER),
        "open_until": getattr(opening_of(actor, case_id), "until", None) if term and term.archived_at else None,
        "held": len(ended) < len(rows),
        "free_at": ended[-1] if ended and ended[-1] > now else None,
        "else_keeps": bool(waits),
        "not_before": not_before if term and not_before > term.erased_on else None,
    }


def _what_keeps(case_id) -> tuple[bool | None, datetime | None]:
    """Return whether something besides its holds keeps this case, and the moment until which what is over does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT waits, until FROM nrm.what_keeps(%s)", [case_id])
        return cursor.fetchone()


def reads_summary(actor, case_id) -> bool:
    """Return whether the pages of this case are open to the actor."""
    return Case.objects.visible_to(actor, Level.SUMMARY).filter(pk=case_id).exists()


def holds(actor):
    """Return the holds that the actor sees, the soonest review first, with the reference of their case (of the access,
    or of what justice demands there: a state alone shows no case) and, for who reads its summary, `unit_id` and
    `lead_id`: which agencies coordinate and lead it."""
    of = {"case": OuterRef("case_id")}
    known = CaseAccess.objects.of(actor).filter(**of).values("reference")[:1]
    demanded = Requisition.objects.visible_to(actor).filter(**of).values("reference")[:1]
    read = Case.objects.visible_to(actor, Level.SUMMARY).filter(pk=OuterRef("case_id"))
    found = LegalHold.objects.visible_to(actor).select_related("agency", "by__user", "end_by")
    found = found.annotate(unit_id=Subquery(read.values("coordination_id")), lead_id=Subquery(read.values("lead_id")))
    return found.annotate(case_reference=Coalesce(Subquery(known), Subquery(demanded))).order_by("review_on", "id")


def standing(actor):
    """Return the holds that have not ended."""
    return holds(actor).exclude(state=LegalHold.State.ENDED)


def erasures(actor):
    """Return the register of erasures, newest first: for those who read the journal."""
    return Erasure.objects.visible_to(actor)
