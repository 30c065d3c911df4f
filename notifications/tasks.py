"""Fan out and deliver in the worker. The broker carries ids; the next run finds in the tables what it loses."""

import logging

from django.conf import settings

from foundation.tasks import task
from notifications import words
from notifications.operations import delivery, fence, waiting
from notifications.operations import hooks as webhooks

log = logging.getLogger(__name__)
EVENTS = 200
# of each priority: the queue, and how many messages a batch holds. A worker of two queues takes a batch of each in
# turn: what is of one person waits for no more than a batch of a mailing (decision 89)
QUEUES = {words.Priority.VITAL: ("vital", 50), words.Priority.ORDINARY: ("mail", 50), words.Priority.BULK: ("bulk", 10)}


@task("notifications.tasks.sweep", system=True, transaction=False)
def sweep() -> None:
    """Turn waiting events into notices, and hand mails that are due to the workers: dangers to life before all else,
    mailings after it.

    Called after each commit that wrote an event, and every fifteen seconds. A batch holds one channel, since it ends
    when its server stalls. What no worker took in time is dropped by the broker: it is handed over again then.
    """
    if reason := fence.reason():
        log.error("nothing leaves this database: %s; see manage.py fence", reason)
    for priority, (queue, batch) in QUEUES.items():
        if priority != words.Priority.BULK:  # fanned out with what is not vital
            while delivery.fan_out(EVENTS, vital=priority == words.Priority.VITAL) == EVENTS:
                pass
        for channel in ("sms", "mail"):
            while ids := delivery.hand_over(priority=priority, channel=channel):
                for start in range(0, len(ids), batch):
                    deliver.apply_async(
                        (ids[start : start + batch],),
                        queue=settings.QUEUES[queue],
                        expires=delivery.HANDED_OVER.total_seconds(),
                    )


@task("notifications.tasks.deliver", system=True, transaction=False)
def deliver(notice_ids: list[int]) -> None:
    """Send these notices, those still queued and whose reader is still entitled."""
    delivery.send_all(notice_ids)


@task("notifications.tasks.hooks", system=True, transaction=False)
def hooks() -> None:
    """Post what is due to the webhooks of programs. Runs every five seconds, in a worker of its own."""
    webhooks.post_due()


@task("notifications.tasks.pulse", system=True, transaction=False)
def pulse() -> None:
    """Do nothing: that it ran tells /readyz that a process reads its queue."""


@task("notifications.tasks.unsent", system=True, transaction=False)
def unsent() -> None:
    """Note since when the oldest notice waits, for /readyz. Runs every thirty seconds."""
    waiting.note_oldest()
