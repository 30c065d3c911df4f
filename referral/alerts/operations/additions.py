"""What an author adds to an alert once it is sent."""

from agencies.members.rules import WRITES
from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed
from journal.operations import record
from notifications.operations.events import enqueue
from referral.models import Alert, AlertAddition


def add_to_alert(actor, alert_id, text: str) -> AlertAddition:
    """« Complément »: read by the desks that have the alert, and by who sees the file of its case.

    Taken in every state but the draft's: that an alert was closed is nothing a company may learn by being refused.
    404 for an alert of somebody else, NotAllowed for a member who no longer writes alerts.
    """
    alert = Alert.objects.mine(actor).exclude(state=Alert.State.DRAFT).filter(pk=alert_id).first()
    if alert is None:
        raise NotFound
    if not actor.has(*WRITES):
        raise NotAllowed("add")
    with guarded():
        addition = AlertAddition.objects.create(alert=alert, by=actor, text=text)
    record("alert.add", alert)
    enqueue("alert_addition", alert, to=["desk"])
    return addition
