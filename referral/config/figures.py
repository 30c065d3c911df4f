"""Note figures about the whole installation, in the worker: how many wait, are closed, failed. Never who.

The web answers /metrics with the rights of the application and without an actor, which sees no row of these tables; so
the worker, which counts them, notes numbers. They are late by half a minute, and the heartbeat of the kind says when
they are not noted any more.
"""

import logging

from celery.signals import task_failure
from django.conf import settings
from django.db import DatabaseError, connection
from django.dispatch import receiver

from foundation.actor import SYSTEM, acting_as
from foundation.tasks import failed
from journal.operations import FAULTS
from notifications.models import Notice

log = logging.getLogger(__name__)
FAILED = "failed_work"
BESIDE = {"notifications.tasks.deliver", "row", "message", "held"}
READING, MATCHES, CLOSED, WAITING = "reading_alarms", "match_alarms", "sign_in_closed", "messages_waiting"
PAUSED = "webhooks_paused"

# each value of a label has its row from the first run on: a series that begins at 1 has not risen. The index of
# waiting notices, the few alarms and what tries are kept of two days: milliseconds.
MEASURED = f"""
WITH measured(name, value) AS (
  SELECT '{CLOSED}:' || k, count(t.digest) FROM unnest(%(closed)s) k
    LEFT JOIN agencies_tries t ON t.kind = k AND t.until > clock_timestamp() GROUP BY k
  UNION ALL
  SELECT '{READING}', count(*) FROM victims_readingalarm WHERE lifted_at IS NULL
     AND at > now() - CASE "window" WHEN 'hour' THEN interval '1 hour' ELSE interval '7 days' END
  UNION ALL
  SELECT '{MATCHES}', count(*) FROM referral_matchalarm WHERE seen_at IS NULL
  UNION ALL
  SELECT '{PAUSED}', count(*) FROM notifications_hook h JOIN agencies_membership m ON m.id = h.membership_id
     WHERE m.active AND h.paused_why IN ('failed', 'gone')
  UNION ALL
  SELECT '{WAITING}:' || c, count(n.id) FROM unnest(%(channels)s) c LEFT JOIN notifications_notice n
      ON n.channel = c AND n.state IN ('queued', 'sending') AND n.due_at IS NOT NULL GROUP BY c
)
INSERT INTO journal_figure AS f (name, value, at) SELECT name, value, now() FROM measured
UNION ALL SELECT '{FAILED}:' || w, 0, now() FROM unnest(%(works)s) w
UNION ALL SELECT '{FAULTS}', 0, now()
ON CONFLICT (name) DO UPDATE SET at = excluded.at,
   value = CASE WHEN f.name LIKE '{FAILED}:%%' OR f.name = '{FAULTS}' THEN f.value ELSE excluded.value END
"""  # noqa: S608, made of our own constants
ONE_MORE = """
INSERT INTO journal_figure AS f (name, value, at) VALUES (%s, 1, now())
ON CONFLICT (name) DO UPDATE SET value = f.value + 1, at = excluded.at
"""


def works() -> list[str]:
    """Return what may fail by name: each task of the schedule, the sending of mails, a row, a message given up."""
    return sorted({entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} | BESIDE)


def note_figures() -> None:
    """Count, and store the numbers. For the worker's role."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            MEASURED,
            {
                "closed": ["pair", "browser", "account", "address", "total", "rate"],
                "channels": [Notice.Channel.MAIL, Notice.Channel.SMS],
                "works": works(),
            },
        )


def count_failure(work: str) -> None:
    """Count one more failure of this work, in a transaction of its own; a database that is away keeps nothing else."""
    try:
        with acting_as(SYSTEM), connection.cursor() as cursor:
            cursor.execute(ONE_MORE, [f"{FAILED}:{work}"])
    except DatabaseError as error:
        log.warning("a failure of %s was not counted: %s", work, type(error).__name__)


@task_failure.connect
def _task_failed(sender, **kwargs) -> None:
    count_failure(sender.name)


@receiver(failed)
def _failed(sender, *, work: str, **kwargs) -> None:
    count_failure(work)
