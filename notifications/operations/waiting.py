"""Say since when the oldest notice waits to be sent: a mail server that is away is told by nothing else."""

from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from foundation.actor import SYSTEM, acting_as
from journal.models import Heartbeat
from notifications import rules
from notifications.words import Priority

from .delivery import delay_after

KINDS = {Priority.VITAL: rules.VITAL, Priority.ORDINARY: rules.OTHERS, Priority.BULK: rules.MAILINGS}
TRIED = 4  # attempts after which a refused notice is compared with what left meanwhile: its address may be wrong
TRIES_TAKE = sum((delay_after(number, "") for number in range(1, TRIED)), timedelta())

# What was refused TRIED times says nothing of its server once another of its priority left, for one person; when
# several are refused, once another left after these tries: what left in the same batch, before a server that died in
# the middle, says nothing. Of the same priority, since another worker has other settings. When a domain refuses several
# persons, and tells no more of them, it has to leave for this domain: what others are told says nothing of its server.
# An event of a mailing is made into notices with the others: it may not wait for longer than they.
OLDEST = """
WITH waits AS (
  SELECT CASE WHEN kind = 'alert_vital' THEN 0 ELSE 1 END AS priority, at AS since, 0 AS attempts, 0 AS person,
         '' AS domain
  FROM notifications_event WHERE fanned_at IS NULL
  UNION ALL
  SELECT n.priority, CASE WHEN n.kind IN ('alert_sent', 'alert_escalated', 'alert_reminder')
         THEN GREATEST(e.fanned_at, nrm.back_at(m.agency_id, e.fanned_at)) ELSE e.fanned_at END, n.attempts, m.user_id,
         CASE n.channel WHEN 'mail' THEN lower(split_part(u.email, '@', 2)) ELSE '' END
  FROM notifications_notice n JOIN notifications_event e ON e.id = n.event_id
       JOIN agencies_membership m ON m.id = n.membership_id JOIN agencies_user u ON u.id = m.user_id
  WHERE n.channel IN ('mail', 'sms') AND n.state IN ('queued', 'sending')
), known AS (
  SELECT priority, count(DISTINCT person) FILTER (WHERE attempts >= %(tried)s) AS refused,
         (SELECT max(s.sent_at) FROM notifications_notice s
          WHERE s.channel = 'mail' AND s.state = 'sent' AND s.priority = waits.priority) AS left_at
  FROM waits GROUP BY priority
), closed AS (
  SELECT priority, domain,
         (SELECT max(s.sent_at) FROM notifications_notice s JOIN agencies_membership m ON m.id = s.membership_id
          JOIN agencies_user u ON u.id = m.user_id
          WHERE s.channel = 'mail' AND s.state = 'sent' AND s.priority = waits.priority
            AND s.sent_at > min(waits.since) AND lower(split_part(u.email, '@', 2)) = waits.domain) AS domain_left_at
  FROM waits WHERE attempts >= %(tried)s AND domain <> '' GROUP BY priority, domain
  HAVING count(DISTINCT person) >= GREATEST(2, (
    SELECT count(DISTINCT m.user_id) FROM notifications_notice s JOIN agencies_membership m ON m.id = s.membership_id
    JOIN agencies_user u ON u.id = m.user_id
    WHERE s.channel = 'mail' AND s.state = 'sent' AND s.priority = waits.priority
      AND s.sent_at >= min(waits.since) AND lower(split_part(u.email, '@', 2)) = waits.domain))
)
SELECT priority, min(since) FROM waits JOIN known USING (priority) LEFT JOIN closed USING (priority, domain)
WHERE priority = 0 OR attempts < %(tried)s OR left_at IS NULL
      OR left_at < since + CASE WHEN refused > 1 THEN %(take)s ELSE interval '0' END
      OR (closed.domain IS NOT NULL AND COALESCE(domain_left_at, '-infinity') < since + %(take)s)
GROUP BY priority
"""


def note_oldest() -> None:
    """Store, as three heartbeats, the moment since which the oldest notice waits; now when none does."""
    now = timezone.now()
    with acting_as(SYSTEM):
        with connection.cursor() as cursor:
            cursor.execute(OLDEST, {"tried": TRIED, "take": TRIES_TAKE})
            oldest: dict[int, datetime] = dict(cursor.fetchall())
        rows = [Heartbeat(kind=kind, at=min(oldest.get(priority, now), now)) for priority, kind in KINDS.items()]
        Heartbeat.objects.bulk_create(rows, update_conflicts=True, unique_fields=["kind"], update_fields=["at"])
