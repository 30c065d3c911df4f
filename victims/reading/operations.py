"""Lift a limit of reading, as a second person."""

from django.db import connection
from django.utils import timezone

from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from victims.models import ReadingAlarm
from victims.models.readings import LIFTED


def visible_alarm(actor, pk) -> ReadingAlarm:
    """Return an alarm the actor sees. Raises NotFound."""
    rows = ReadingAlarm.objects.visible_to(actor).select_related("membership__user", "agency", "lifted_by__user")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def may_lift(actor, alarm: ReadingAlarm) -> bool:
    """Return whether the actor is a second person for who read. The database says who is, and checks it again."""
    if not alarm.bars:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT nrm.second_or_auditor(%s, %s, %s)", [actor.pk, alarm.agency_id, alarm.membership_id])
        return cursor.fetchone()[0]


def lift(actor, pk, reason: str) -> ReadingAlarm:
    """Lift the limit for LIFTED: the member may read as many again. Raises NotFound, NotAllowed, WrongState."""
    alarm = visible_alarm(actor, pk)
    if not may_lift(actor, alarm):
        raise NotAllowed("lift")
    with guarded():
        waiting = ReadingAlarm.objects.visible_to(actor).select_for_update().filter(pk=alarm.pk, lifted_at=None).first()
        if waiting is None:
            raise WrongState("lifted")
        waiting.reason, waiting.lifted_by, waiting.lifted_at = {"text": reason}, actor, timezone.now()
        waiting.until = waiting.lifted_at + LIFTED
        waiting.save(update_fields=["reason", "lifted_by", "lifted_at", "until"])
    record("reading.lift", alarm)
    return visible_alarm(actor, pk)
