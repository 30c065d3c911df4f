"""Identification: an entitled body states, in its own name, what it holds the person's situation to be."""

from datetime import date

from agencies.members.rules import WORKS
from foundation.errors import guarded
from foundation.workflow import NotAllowed
from journal.operations import record
from notifications.operations.events import enqueue
from victims.cases.access import visible_case
from victims.models import CaseAccess, Statement, Status

from .access import acts_of


def statuses_for(actor, access: CaseAccess) -> list[str]:
    """What this member may state on this case: its agency is entitled to it, and reads the file or leads the case.

    Nothing comes from a score: no reading of signs opens or closes a status (mission, section 8).
    """
    if not actor.has(*WORKS) or not (access.lead or access.level >= 3):
        return []
    acts = acts_of(actor.agency)
    return [status for status in Status.values if status in acts]


def make_statement(
    actor, case_id, *, status: str, stated_on: date, function: str, basis: str = "", motives: str = ""
) -> Statement:
    """State. What the same body stated before stays, and no longer counts; other bodies' views stand beside it.

    Raises NotAllowed for a body that is not entitled to this status, or that neither leads nor reads the file.
    """
    case = visible_case(actor, case_id)
    access = CaseAccess.objects.of(actor).get(case=case.pk)
    if status not in statuses_for(actor, access):
        raise NotAllowed("state")
    with guarded():
        statement = Statement.objects.create(
            case=case,
            status=status,
            agency=actor.agency,
            by=actor,
            function=function,
            data={"basis": basis, "motives": motives},
            stated_on=stated_on,
        )
    record("statement.make", statement, case_id=case.pk)
    enqueue("statement_made", case, to=["lead", "coordination"])
    return statement
