"""What an author adds to an alert once it is sent."""

from django.http import Http404

from agencies.errors import guarded
from journal.operations import record
from notifications.operations import enqueue
from referral import workflow
from referral.models import Alert, AlertAddition


def add_to_alert(actor, alert_id, text: str) -> AlertAddition:
    """« Complément »: read by the desks that have the alert, and by who sees the file of its case.

    Taken in every state but the draft's: that an alert was closed is nothing a company may learn by being refused.
    404 for an alert of somebody else, NotAllowed for a member who no longer writes alerts.
    """
    alert = Alert.objects.mine(actor).exclude(state=Alert.State.DRAFT).filter(pk=alert_id).first()
    if alert is None:
        raise Http404
    if not actor.has(*workflow.WRITES):
        raise workflow.NotAllowed("add")
    with guarded():
        addition = AlertAddition.objects.create(alert=alert, by=actor, text=text)
    record("alert.add", alert)
    enqueue("alert_addition", alert, to=["desk"])
    return addition
