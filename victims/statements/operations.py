"""Record statements on identification: the view of an entitled body, in its own name."""

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
    """Return the statuses this member may state: the agency is entitled, and leads the case or reads the file.

    No score or reading of signs opens or closes a status (mission, section 8).
    """
    if not actor.has(*WORKS) or not (access.lead or access.level >= 3):
        return []
    acts = acts_of(actor.agency)
    return [status for status in Status.values if status in acts]


def make_statement(
    actor, case_id, *, status: str, stated_on: date, function: str, basis: str = "", motives: str = ""
) -> Statement:
    """State a status.

    An earlier statement of the same body stays readable, and no longer applies; views of other bodies are kept beside
    it. Raises NotAllowed for a body that is not entitled to this status, or neither leads nor reads the file.
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
