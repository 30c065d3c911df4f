"""Fan-out and delivery, by the worker. The broker carries ids; what it loses, the next sweep finds in the tables."""

from foundation.tasks import task
from notifications.operations import delivery

EVENTS, MAILS = 200, 50


@task("notifications.tasks.sweep", system=True, transaction=False)
def sweep() -> None:
    """Turn waiting events into notices and hand the mails that are due to the workers.

    Called after each commit that wrote an event, and every fifteen seconds by the beat.
    """
    while delivery.fan_out(EVENTS) == EVENTS:
        pass
    while ids := delivery.hand_over():
        for start in range(0, len(ids), MAILS):
            deliver.delay(ids[start : start + MAILS])


@task("notifications.tasks.deliver", system=True, transaction=False)
def deliver(notice_ids: list[int]) -> None:
    """Send these notices by mail, those still queued and whose reader is still entitled."""
    delivery.send_all(notice_ids)
