"""Assign members to a case, restrict it to them, lift the restriction."""

from django.db import IntegrityError

from agencies.members.rules import WORKS
from agencies.models import Membership
from foundation.errors import guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from victims.cases.access import own_access
from victims.models import Assignment, CaseAccess, Restriction


def unassign_member(actor, case_id, member: Membership) -> None:
    """Remove a colleague from a case.

    Raises WrongState when they are not assigned, or are the last one of a restricted case: nobody of the agency would
    see it any more. Raises NotAllowed for another role or agency.
    """
    case = own_access(actor, case_id)
    if not actor.has(*WORKS) or member.agency_id != actor.agency_id:
        raise NotAllowed("unassign")
    team = Assignment.objects.filter(case=case, agency=actor.agency_id)
    with guarded():
        kept = CaseAccess.objects.of(actor).filter(case=case, restricted=True).exists()
        if kept and not team.exclude(membership=member).exists():
            raise WrongState("last")
        if not team.filter(membership=member).delete()[0]:
            raise WrongState("unassigned")
    record("case.unassign", member, case_id=case)


def assignable(actor):
    """Return the members of the actor's agency to whom a case may be assigned."""
    members = Membership.objects.live().filter(agency=actor.agency_id, kind=Membership.Sort.PERSON)
    return members.filter(roles__overlap=list(WORKS))


def assign_member(actor, case_id, member: Membership) -> None:
    """Assign a colleague, or oneself, to a case of the agency. Raises NotAllowed for one who is not `assignable`."""
    case = own_access(actor, case_id)
    if not actor.has(*WORKS) or not assignable(actor).filter(pk=member.pk).exists():
        raise NotAllowed("assign")
    try:
        with guarded():
            Assignment.objects.get_or_create(
                case_id=case, agency=actor.agency, membership=member, defaults={"by": actor}
            )
    except IntegrityError as error:  # switched off at the same moment: the database asks again
        raise NotAllowed("assign") from error
    record("case.assign", member, case_id=case)


def restrict_case(actor, case_id) -> None:
    """Restrict the case, inside the agency, to the members assigned to it.

    Raises NotAllowed unless the actor is assigned, so that nobody locks themselves out.
    """
    case = own_access(actor, case_id)
    if not Assignment.objects.filter(case=case, agency=actor.agency_id, membership=actor).exists():
        raise NotAllowed("restrict")
    with guarded():
        Restriction.objects.get_or_create(case_id=case, agency=actor.agency, defaults={"by": actor})
    record("case.restrict", case_id=case)


def lift_restriction(actor, case_id) -> None:
    """Open the case again to the whole agency. Raises WrongState when it is not restricted."""
    case = own_access(actor, case_id)
    with guarded():
        ended = Restriction.objects.filter(case=case, agency=actor.agency_id).delete()[0]
    if not ended:
        raise WrongState("open")
    record("case.unrestrict", case_id=case)
