"""Check who may work on the procedures of a case, and fetch what changes."""

from agencies.members.rules import WORKS
from agencies.models import Level
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from indicators.procedures.selectors import Step, book
from referral.models import Checklist
from victims.models import Case, CaseAccess


def working_access(actor, case_id) -> CaseAccess:
    """Return the access row of an actor who may work on procedures: level 3 or the lead.

    Raises NotFound, NotAllowed for other roles, WrongState once the case is closed.
    """
    row = CaseAccess.objects.of(actor).select_related("case__territory").filter(case=case_id).first()
    if row is None or not (row.lead or row.level >= Level.FILE):
        raise NotFound
    if not actor.has(*WORKS):
        raise NotAllowed("procedures")
    if row.status == Case.Status.CLOSED:
        raise WrongState(row.status)
    return row


def lock(case_id) -> None:
    """Lock the case, so that changes to its procedures are serialised."""
    Case.objects.filter(pk=case_id).select_for_update(no_key=True).first()


def visible_checklist(actor, pk) -> Checklist:
    """Return a checklist visible to the actor. Raises NotFound."""
    found = Checklist.objects.visible_to(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def step_of(checklist: Checklist, order: int) -> Step:
    """Return the step in the current pack. Raises NotFound when the procedure has no such step."""
    shown = book().get(checklist.code)
    step = shown.step(order) if shown else None
    if step is None:
        raise NotFound
    return step
