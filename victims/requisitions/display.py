"""Put requisitions in words: who demands, on which article, how they stand, what was handed over."""

from collections.abc import Iterable
from datetime import date

from cryptography.exceptions import InvalidTag
from django.utils import timezone
from django.utils.translation import gettext as _

from victims.models import Requisition, RequisitionMove

from .rules import SOON
from .words import Authority, Check, Given, Ground, Reason

State = Requisition.State
FAMILIES = {State.OPEN: "sent", State.WAITING: "question", State.ANSWERED: "completed", State.REFUSED: "declined"}


def shown(found: Requisition) -> Requisition:
    """Add what the pages say of a requisition. One that no key opens closes the list to nobody: it is named as such."""
    today = timezone.localdate()
    found.family = FAMILIES[found.state]
    waits = found.is_open and found.due_on is not None
    found.late = waits and found.due_on < today
    found.soon = waits and today <= found.due_on <= today + SOON
    found.said = _opened(found)
    found.authority = Authority(found.said["authority"]).label if found.said["authority"] else _("It cannot be read")
    found.ground = Ground(found.said["ground"]).label if found.said["ground"] else ""
    for move in found.moved:
        _in_words(move)
    found.last = found.moved[-1] if found.moved else None
    found.alarms = any(move.alarms for move in found.moved)
    return found


def _in_words(move: RequisitionMove) -> None:
    move.said = _opened(move)
    move.given = [Given(code).label for code in move.said.get("given", ())]
    move.held = [Given(code).label for code in move.said.get("held", ())]
    move.unchecked = [Check(code).label for code in move.said.get("unchecked", ())]
    reason = move.said.get("reason")
    move.reason = Reason(reason).label if reason else _("It cannot be read") if "unread" in move.said else ""
    doubted = reason == Reason.UNCONFIRMED and move.state == State.ANSWERED  # after something was handed over
    move.alarms = reason == Reason.FORGED or doubted or Check.ORIGIN in move.said.get("unchecked", ())


def _opened(row: Requisition | RequisitionMove) -> dict:
    """Return what is sealed in a row; `unread` where no key opens it: it was not written by the platform."""
    try:
        return row.data
    except (InvalidTag, KeyError, ValueError):
        return dict.fromkeys(("unread", "authority", "ground", "body", "text", "to"), "")


def in_order(rows: Iterable[Requisition]) -> list[Requisition]:
    """Return those that wait first, the soonest day at the top; then those that are over, the newest first."""
    found = [shown(row) for row in rows]
    waiting = sorted((r for r in found if r.is_open), key=lambda r: (r.due_on or date.max, r.received_on, r.id))
    return waiting + [row for row in found if not row.is_open]
