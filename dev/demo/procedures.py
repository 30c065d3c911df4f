"""Make demonstration procedures: a checklist with a step done, the reflection period, an expired time limit."""

from datetime import timedelta

from django.utils import timezone

from foundation.actor import acting_as
from referral.models import Checklist
from referral.procedures.operations import checklists, clocks
from victims.models import CaseAccess

from .story import member


def tell() -> int:
    """Make them once, on the case that the coordination leads; return the number of checklists."""
    today = timezone.localdate()
    with acting_as(member("coordination")) as actor:
        led = CaseAccess.objects.of(actor).filter(lead=True).order_by("received_at").first()
        if led is None or Checklist.objects.exists():
            return 0
        case = led.case_id
        labour = checklists.start_procedure(actor, case, "inspection_travail")
        checklists.settle_step(actor, labour.pk, 1, "done", on=today - timedelta(days=3))
        checklists.offer_reflection(
            actor,
            case,
            offered_on=today - timedelta(days=12),
            answer="accepted",
            answered_on=today - timedelta(days=10),
        )
        support = checklists.start_procedure(actor, case, "orientation_association")
        clocks.start_clock(actor, support.pk, 3, counted_on=today - timedelta(days=19))
        money = checklists.start_procedure(actor, case, "indemnisation_civi")
        clocks.start_clock(actor, money.pk, 2, counted_on=today - timedelta(days=400))
    return 4
