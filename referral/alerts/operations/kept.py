"""Send on or close what the author's agency kept with the person's agreement, as its author.

Members of the agency who follow cases answer it as any desk does; the author may be nobody of them.
"""

from django.utils import timezone

from foundation.errors import guarded
from journal.operations import record
from notifications.operations.events import enqueue
from referral.inbox.operations.alerts import move, visible
from referral.models import Alert
from referral.routing.rules.deadlines import first_due
from referral.routing.selectors import desks


def send_kept(actor, alert_id) -> Alert:
    """Send a kept alert to the coordination of its place.

    Raises NotFound, NotAllowed for others than its author, WrongState for an alert that others have or had answered.
    """
    alert = visible(actor, alert_id)
    to = [desks.coordination_of(alert.territory).pk] if alert.territory else []  # a draft may have none
    due = first_due(alert.urgency, timezone.now(), alert.reachable_until)
    with guarded():
        move(actor, alert, "address", to=to, due=due)
    record("alert.address", alert)
    enqueue("alert_sent", alert, to=["desk"], agencies=to)
    return alert


def finish_kept(actor, alert_id, *, reason: str) -> Alert:
    """Close a kept alert, with a coded reason (`FinishReason`). Raises as `send_kept`."""
    alert = visible(actor, alert_id)
    with guarded():
        move(actor, alert, "finish", reason=reason)
    record("alert.finish", alert)
    return alert
