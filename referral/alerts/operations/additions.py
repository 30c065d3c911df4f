"""Add to an alert once it is sent."""

from agencies.members.rules import WRITES
from foundation.errors import NotFound, guarded
from foundation.workflow import NotAllowed
from journal.operations import record
from notifications.operations.events import enqueue
from referral.models import Alert, AlertAddition


def add_to_alert(actor, alert_id, text: str) -> AlertAddition:
    """Add a text of its author to an alert (« Complément »), for the desks that have it and the readers of the file.

    Accepted in every state but that of a draft: a refusal would tell a company that the alert was closed.
    Raises NotFound for an alert of somebody else, NotAllowed for a member who no longer writes alerts.
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
