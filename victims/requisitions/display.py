"""Put requisitions in words: who demands, on which article, how they stand, what was handed over."""

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from victims.models import Requisition, RequisitionMove

from .rules import SOON
from .words import Authority, Given, Ground, Reason

State = Requisition.State
FAMILIES = {State.OPEN: "sent", State.WAITING: "question", State.ANSWERED: "completed", State.REFUSED: "declined"}


def shown(found: Requisition) -> Requisition:
    """Add what the pages say of a requisition."""
    today = timezone.localdate()
    found.family = FAMILIES[found.state]
    waits = found.is_open and found.due_on is not None
    found.late = waits and found.due_on < today
    found.soon = waits and today <= found.due_on <= today + SOON
    found.authority, found.ground = Authority(found.data["authority"]).label, Ground(found.data["ground"]).label
    for move in found.moved:
        _in_words(move)
    found.last = found.moved[-1] if found.moved else None
    return found


def _in_words(move: RequisitionMove) -> None:
    move.given = [Given(code).label for code in move.data.get("given", ())]
    move.held = [Given(code).label for code in move.data.get("held", ())]
    move.reason = Reason(move.data["reason"]).label if "reason" in move.data else ""


def in_order(rows: Iterable[Requisition]) -> list[Requisition]:
    """Return those that wait first, the soonest day at the top; then those that are over, the newest first."""
    found = [shown(row) for row in rows]
    waiting = sorted((r for r in found if r.is_open), key=lambda r: (r.due_on or date.max, r.received_on, r.id))
    return waiting + [row for row in found if not row.is_open]
