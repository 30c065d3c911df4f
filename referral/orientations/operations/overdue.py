"""Escalate a request that nobody answered, then end it."""

from agencies.models import Agency
from foundation.errors import guarded
from foundation.tasks import database_now
from journal.operations import record
from notifications.operations.events import enqueue
from referral.routing.rules.deadlines import next_due
from referral.routing.selectors import desks as desks_selectors

from .orientations import move, visible


def overdue_orientation(actor, orientation_id) -> str:
    """Handle an unanswered orientation; return the action: `escalate` the first time, then `expire`.

    The actor is the system membership of the silent desk. The coordination is notified first.
    """
    orientation = visible(actor, orientation_id)
    escalated = orientation.moves.filter(action="escalate").exists()
    if escalated:
        with guarded():
            move(actor, orientation, "expire")
        enqueue("orientation_expired", orientation, to=["sender", "desk"])
        record("orientation.expire", orientation, case_id=orientation.case_id)
        return "expire"
    unit = _watching_unit(orientation)
    due = next_due(orientation.urgency, database_now(), 1)
    with guarded():
        move(actor, orientation, "escalate", to=[unit] if unit else [], due=due)
    enqueue("orientation_escalated", orientation, to=["sender", "desk"])
    record("orientation.escalate", orientation, case_id=orientation.case_id)
    return "escalate"


def _watching_unit(orientation) -> int | None:
    """Return the coordination of the sender's territory, or the national one when the sender is that coordination."""
    sender = orientation.sender
    if sender.mandate == Agency.Mandate.NATIONAL:
        return None
    if sender.is_coordination or sender.territory is None:
        return desks_selectors.national().pk
    return desks_selectors.coordination_of(sender.territory).pk
