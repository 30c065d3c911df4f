"""Who works on a case inside an agency, and the emergency way in."""

import uuid

from django.db import connection
from django.utils import timezone

from agencies.errors import guarded
from agencies.models import Membership
from journal.models import Entry
from journal.operations import record
from notifications.operations import enqueue
from referral.workflow import WORKS, NotAllowed, WrongState
from victims.models import Assignment, Case, CaseAccess, EmergencyAccess

from .cases import own_access

ATTEMPTS_AN_HOUR = 5


def unassign_member(actor, case_id, member: Membership) -> None:
    """A colleague no longer works on it. Raises WrongState for the last one of a case kept to those assigned: nobody
    of the agency would see it any more."""
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


def break_glass(actor, *, reference: str, reason: str):
    """One hour of `file` on a case one does not see, without identity: a life is at stake and nobody can be reached.

    The database writes the journal's entry with the grant, or neither. Lead and coordination are told at once.
    Returns the case's id, or None when no case answers to the reference (one the actor's agency keeps from it
    answers like none). Raises NotAllowed for other roles, and after five attempts in an hour.
    """
    if actor.sight != "case" or not actor.has(*WORKS):
        raise NotAllowed("break_glass")
    lately = Entry.objects.filter(
        membership_id=actor.pk, action__startswith="break_glass", at__gt=timezone.now() - timezone.timedelta(hours=1)
    )
    if lately.count() >= ATTEMPTS_AN_HOUR:
        raise NotAllowed("break_glass")
    with guarded(), connection.cursor() as cursor:
        taken = EmergencyAccess(id=uuid.uuid4(), reason={"text": reason})
        sealed = EmergencyAccess._meta.get_field("reason").pre_save(taken, add=True)
        cursor.execute("SELECT nrm.break_glass(%s, %s, %s, %s)", [taken.id, reference, reason, bytes(sealed)])
        case_id = cursor.fetchone()[0]
    if case_id is None:
        record("break_glass.missed")
        return None
    case = Case.objects.visible_to(actor).get(pk=case_id)
    enqueue("break_glass", case, to=["lead", "coordination"])
    return case.pk
