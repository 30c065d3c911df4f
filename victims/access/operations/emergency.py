"""Take emergency access to a case: written reason, one hour."""

import uuid

from django.db import connection

from agencies.members.rules import WORKS
from foundation.errors import guarded
from foundation.workflow import NotAllowed
from journal.operations import record
from journal.selectors import read_quota
from notifications.operations.events import enqueue
from victims.models import Case, EmergencyAccess
from victims.models.emergencies import ATTEMPTS_AN_HOUR


def break_glass(actor, *, reference: str, reason: str):
    """Grant one hour of `file`, without identity, on a case the actor does not see: a life is at stake.

    The database writes the grant and its journal entry together. The lead and the coordination are notified at once.
    Returns the case id, or None when no case has this reference, the actor's agency hides the case from the actor, or
    must not know of the person (an embassy, of an employer with immunity): the answers are the same. Raises NotAllowed
    for other roles, and after ATTEMPTS_AN_HOUR attempts in an hour.
    """
    if actor.sight != "case" or not actor.has(*WORKS):
        raise NotAllowed("break_glass")
    try:
        read_quota.require(actor, ("break_glass", "break_glass.missed"), ATTEMPTS_AN_HOUR)
    except read_quota.Exhausted:
        raise NotAllowed("break_glass") from None
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
