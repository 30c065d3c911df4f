"""Take emergency access to a case: a written reason, one hour."""

import uuid

from django.db import connection
from django.utils import timezone

from agencies.members.rules import WORKS
from foundation.errors import guarded
from foundation.workflow import NotAllowed
from journal.models import Entry
from journal.operations import record
from notifications.operations.events import enqueue
from victims.models import Case, EmergencyAccess

ATTEMPTS_AN_HOUR = 5


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
