"""Add to an alert once it is sent."""

from django.utils import timezone

from agencies.members.rules import WRITES
from foundation.errors import NotFound, guarded
from foundation.words.child_words import child_words
from foundation.workflow import NotAllowed
from journal.operations import record
from notifications.operations.events import enqueue
from referral.alerts.rules import counted
from referral.inbox.operations.alerts import move
from referral.models import Alert, AlertAddition
from referral.routing.rules.deadlines import first_due
from referral.routing.selectors import desks as desks_selectors
from victims.models import AgeSide, Urgency


def _own(actor, alert_id) -> Alert:
    sent = Alert.objects.mine(actor).exclude(state=Alert.State.DRAFT)
    alert = sent.select_related("content", "agency").filter(pk=alert_id).first()
    if alert is None:
        raise NotFound
    return alert


def tells_a_child(alert, text: str) -> list[str]:
    """Return the words of an addition that tell a child, where the alert is one of an adult; empty otherwise."""
    return child_words(text) if alert.age_side == AgeSide.ADULT else []


def add_to_alert(actor, alert_id, text: str, *, adult_sure: bool = False) -> AlertAddition:
    """Add a text of its author to an alert (« Complément »), for the desks that have it and the readers of the file.

    Accepted in every state but that of a draft: a refusal would tell a company that the alert was closed. One that
    is over waits again (nrm.addition_awaits); words of a child, where none was told, make an age in doubt, unless the
    author answers that the person is an adult (`adult_sure`): it then goes to nobody else.
    Raises NotFound for an alert of somebody else, NotAllowed for a member who no longer writes alerts.
    """
    alert = _own(actor, alert_id)
    if not actor.has(*WRITES):
        raise NotAllowed("add")
    with guarded():
        addition = AlertAddition.objects.create(alert=alert, by=actor, text=text)
    alert.refresh_from_db(fields=["state", "age_side", "urgency"])  # closed, it waits again; another may have added
    record("alert.add", alert)
    addition.doubted = not adult_sure and alert.state != Alert.State.CLOSED and bool(tells_a_child(alert, text))
    if addition.doubted:
        _doubt(actor, alert)
    enqueue("alert_addition", alert, to=["desk"])
    return addition


def doubt_age(actor, alert_id) -> list[int]:
    """Count the person of one's alert as an age in doubt, and return the agencies told of it by that alone.

    What sending does for a doubt: who protects children is told whatever the agreement, the urgency is raised, and each
    desk that has the alert answers for itself. Raises NotFound, NotAllowed, WrongState for a child told already.
    """
    return _doubt(actor, _own(actor, alert_id))


def _doubt(actor, alert: Alert) -> list[int]:
    raised = Urgency.VITAL if alert.urgency == Urgency.VITAL else Urgency.HIGH
    due = first_due(raised, timezone.now(), alert.reachable_until)
    before, alert.age_side, alert.urgency = alert.age_side, AgeSide.DOUBT, raised
    told = []
    if before == AgeSide.ADULT and alert.territory:
        protecting = desks_selectors.chosen_desks(alert, counted(alert.content.data, alert.age_side))
        # also those that had it: a row that the transfer of a case ended is one of them
        told = desks_selectors.with_stand_ins(alert, sorted(protecting), due)
    with guarded():
        move(actor, alert, "doubt", to=told, due=due)
    if told:
        enqueue("alert_vital" if raised == Urgency.VITAL else "alert_sent", alert, to=["desk"], agencies=told)
    return told
