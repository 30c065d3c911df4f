"""Say since when the oldest notice waits to be sent: a mail server that is away is told by nothing else."""

from datetime import datetime

from django.db import connection
from django.utils import timezone

from foundation.actor import SYSTEM, acting_as
from journal.models import Heartbeat
from notifications.rules import OTHERS, VITAL

TRIED = 4  # attempts after which one ordinary notice that its server refuses says nothing of the others

OLDEST = """
SELECT vital, min(since) FROM (
  SELECT kind = 'alert_vital' AS vital, at AS since FROM notifications_event WHERE fanned_at IS NULL
  UNION ALL
  SELECT n.kind = 'alert_vital', CASE WHEN n.kind IN ('alert_sent', 'alert_escalated', 'alert_reminder')
         THEN GREATEST(e.fanned_at, nrm.back_at(m.agency_id, e.fanned_at)) ELSE e.fanned_at END
  FROM notifications_notice n JOIN notifications_event e ON e.id = n.event_id
       JOIN agencies_membership m ON m.id = n.membership_id
  WHERE n.channel IN ('mail', 'sms') AND n.state IN ('queued', 'sending')
    AND (n.kind = 'alert_vital' OR n.attempts < %s)
) waiting GROUP BY vital
"""


def note_oldest() -> None:
    """Store, as two heartbeats, the moment since which the oldest notice waits; now when none does."""
    now = timezone.now()
    with acting_as(SYSTEM):
        with connection.cursor() as cursor:
            cursor.execute(OLDEST, [TRIED])
            oldest: dict[bool, datetime] = dict(cursor.fetchall())
        rows = [
            Heartbeat(kind=kind, at=min(oldest.get(vital, now), now))
            for vital, kind in ((True, VITAL), (False, OTHERS))
        ]
        Heartbeat.objects.bulk_create(rows, update_conflicts=True, unique_fields=["kind"], update_fields=["at"])
