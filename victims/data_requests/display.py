"""Put requests of the person in words: how they stand, and what of them is late."""

from collections.abc import Iterable

from django.utils import timezone

from victims.models import DataRequest

from .rules import SOON, may_prolong

Identity, State = DataRequest.Identity, DataRequest.State
FAMILIES = {State.OPEN: "sent", State.PROLONGED: "sent", State.ANSWERED: "completed", State.REFUSED: "declined"}


def shown(found: DataRequest) -> DataRequest:
    """Add what the pages say of a request: its colour, whether its day is near or past, whether it may be prolonged."""
    today = timezone.localdate()
    found.family = FAMILIES[found.state]
    found.late = found.is_open and found.due_on < today
    found.soon = found.is_open and today <= found.due_on <= today + SOON
    found.may_copy = found.is_open and found.kind == DataRequest.Kind.ACCESS and found.identity != Identity.PENDING
    found.may_prolong = found.state == State.OPEN and may_prolong(found.received_on, today)
    return found


def in_order(rows: Iterable[DataRequest]) -> list[DataRequest]:
    """Return the requests to answer first, the soonest day at the top; then those that are over, the newest first."""
    found = [shown(row) for row in rows]
    waiting = sorted((row for row in found if row.is_open), key=lambda row: (row.due_on, row.id))
    return waiting + [row for row in found if not row.is_open]
