"""Fetch a case the actor sees, or refuse."""

from agencies.members.rules import WORKS
from agencies.models import Level
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from victims.models import Case, CaseAccess


def visible_case(actor, case_id, level: int = Level.SUMMARY) -> Case:
    case = Case.objects.visible_to(actor, level).select_related("territory", "lead", "coordination").filter(pk=case_id)
    found = case.first()
    if found is None:
        raise NotFound
    return found


def read_case(actor, case_id) -> Case:
    """Open a case page: the reading is journalled in the same transaction, or the page is not shown."""
    case = visible_case(actor, case_id)
    record("case.read", case, case_id=case.pk)
    return case


def must_lead(actor, case: Case) -> None:
    leads = CaseAccess.objects.of(actor, Level.SUMMARY).filter(case=case, lead=True).exists()
    if not leads or not actor.has(*WORKS):
        raise NotAllowed("lead only")


def own_access(actor, case_id):
    """The case id if the actor's agency has any sight of it; 404 otherwise."""
    row = CaseAccess.objects.of(actor).filter(case=case_id).first()
    if row is None:
        raise NotFound
    return row.case_id


def may_write(actor, access: CaseAccess) -> bool:
    """Level 3 writes; so does the lead at any level, without reading the others back."""
    return actor.has(*WORKS) and (access.lead or access.level >= Level.FILE)


def must_write(actor, case_id):
    case = visible_case(actor, case_id)
    if not may_write(actor, CaseAccess.objects.of(actor).get(case=case.pk)):
        raise NotAllowed("write")
    return case


def written(actor, model, pk):
    """One version the actor sees, or 404."""
    found = model.objects.visible_to(actor).select_related("agency", "by__user").filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def former_version(actor, model, pk):
    """The version to correct: of the actor's agency, and the one that stands. Raises NotAllowed, WrongState."""
    former = written(actor, model, pk)
    if former.agency_id != actor.agency_id or not actor.has(*WORKS):
        raise NotAllowed("correct")
    if not former.current:
        raise WrongState("corrected")
    return former
