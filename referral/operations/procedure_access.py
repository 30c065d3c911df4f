"""Who may work on the procedures of a case, and what is fetched before any of it changes."""

from django.http import Http404

from agencies.models import Level
from indicators.procedures import Step, book
from referral.models import Checklist
from referral.workflow import WORKS, NotAllowed, WrongState
from victims.models import Case, CaseAccess


def working_access(actor, case_id) -> CaseAccess:
    """The access row of who may work on a case's procedures: level 3 or the lead. Raises Http404, NotAllowed for other
    roles, WrongState once the case is closed."""
    row = CaseAccess.objects.of(actor).select_related("case__territory").filter(case=case_id).first()
    if row is None or not (row.lead or row.level >= Level.FILE):
        raise Http404
    if not actor.has(*WORKS):
        raise NotAllowed("procedures")
    if row.status == Case.Status.CLOSED:
        raise WrongState(row.status)
    return row


def lock(case_id) -> None:
    """What is written of a case's procedures is written one after the other."""
    Case.objects.filter(pk=case_id).select_for_update(no_key=True).first()


def visible_checklist(actor, pk) -> Checklist:
    found = Checklist.objects.visible_to(actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def step_of(checklist: Checklist, order: int) -> Step:
    """The step as the pack words it today; 404 when it holds no such step."""
    shown = book().get(checklist.procedure)
    step = shown.step(order) if shown else None
    if step is None:
        raise Http404
    return step
