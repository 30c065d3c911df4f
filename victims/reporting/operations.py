"""Record and read decisions on a report to the prosecutor. Nothing is sent, nobody is told, no time limit stops."""

from agencies.members.rules import WORKS
from agencies.models import Level
from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed
from journal.operations import record
from victims.cases.access import SECTIONS
from victims.models import Case, CaseAccess, ReportDecision

SECTION = next(section for section in SECTIONS if section.code == "reporting")


def _case(actor, case_id) -> Case:
    """Return the case. Raises NotFound unless the actor's agency leads it or reads its presumed authors."""
    access = CaseAccess.objects.of(actor, Level.SUMMARY).select_related("case").filter(case=case_id).first()
    if access is None or not SECTION.open_to(access):
        raise NotFound
    return access.case


def record_decision(actor, case_id, *, data: dict) -> ReportDecision:
    """Record that a report was made, or was not, and why. Earlier decisions stay; none replaces another agency's.

    Raises NotFound, and NotAllowed for a role that does not work on cases.
    """
    case = _case(actor, case_id)
    if not actor.has(*WORKS):
        raise NotAllowed("write")
    with guarded():
        made = ReportDecision.objects.create(case=case, by=actor, data=data)
    record("reporting.write", made, case_id=case.pk)
    return made


def read_decisions(actor, case_id) -> list[ReportDecision]:
    """Return all decisions, newest first. The reading is journalled in the same transaction."""
    case = _case(actor, case_id)
    found = list(ReportDecision.objects.filter(case=case).select_related("by__agency"))
    record("reporting.read", case, case_id=case.pk)
    return found
