"""Fetch a case the actor sees, or raise."""

from agencies.members.rules import WORKS
from agencies.models import Level
from foundation.errors import NotFound
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from victims.models import Case, CaseAccess


def visible_case(actor, case_id, level: int = Level.SUMMARY) -> Case:
    """Return the case with its territory, lead and coordination.

    Raises NotFound when the actor sees it below `level`.
    """
    case = Case.objects.visible_to(actor, level).select_related("territory", "lead", "coordination").filter(pk=case_id)
    found = case.first()
    if found is None:
        raise NotFound
    return found


def read_case(actor, case_id) -> Case:
    """Return a case to show. The reading is journalled in the same transaction."""
    case = visible_case(actor, case_id)
    record("case.read", case, case_id=case.pk)
    return case


def must_lead(actor, case: Case) -> None:
    """Raise NotAllowed unless the actor's agency leads the case and the actor works on cases."""
    leads = CaseAccess.objects.of(actor, Level.SUMMARY).filter(case=case, lead=True).exists()
    if not leads or not actor.has(*WORKS):
        raise NotAllowed("lead only")


def own_access(actor, case_id):
    """Return the case id when the actor's agency has any access to it, even level 1. Raises NotFound otherwise."""
    row = CaseAccess.objects.of(actor).filter(case=case_id).first()
    if row is None:
        raise NotFound
    return row.case_id


def may_write(actor, access: CaseAccess) -> bool:
    """Return whether the actor may write on the case.

    Level 3 may; so may the lead at any level, although it then does not read what others wrote.
    """
    return actor.has(*WORKS) and (access.lead or access.level >= Level.FILE)


def must_write(actor, case_id):
    """Return the case, or raise NotAllowed unless the actor may write on it."""
    case = visible_case(actor, case_id)
    if not may_write(actor, CaseAccess.objects.of(actor).get(case=case.pk)):
        raise NotAllowed("write")
    return case


def written(actor, model, pk):
    """Return one version of an entry visible to the actor. Raises NotFound."""
    found = model.objects.visible_to(actor).select_related("agency", "by__user").filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def former_version(actor, model, pk):
    """Return the version to correct: current, and of the actor's agency. Raises NotFound, NotAllowed, WrongState."""
    former = written(actor, model, pk)
    if former.agency_id != actor.agency_id or not actor.has(*WORKS):
        raise NotAllowed("correct")
    if not former.current:
        raise WrongState("corrected")
    return former
