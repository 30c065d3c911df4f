"""Fan out and deliver in the worker. The broker carries ids; the next run finds in the tables what it loses."""

from foundation.tasks import task
from notifications.operations import delivery

EVENTS, MAILS = 200, 50


@task("notifications.tasks.sweep", system=True, transaction=False)
def sweep() -> None:
    """Turn waiting events into notices, and hand mails that are due to the workers.

    Called after each commit that wrote an event, and every fifteen seconds.
    """
    while delivery.fan_out(EVENTS) == EVENTS:
        pass
    while ids := delivery.hand_over():
        for start in range(0, len(ids), MAILS):
            deliver.delay(ids[start : start + MAILS])


@task("notifications.tasks.deliver", system=True, transaction=False)
def deliver(notice_ids: list[int]) -> None:
    """Send these notices, those still queued and whose reader is still entitled."""
    delivery.send_all(notice_ids)
