"""Say when a requisition is reminded of, how long all see what one person decided, and what ends one."""

from datetime import date, timedelta

from victims.models import RequisitionMove

from .words import Reason

SOON = timedelta(days=7)  # before the day that the authority gave
REREAD = timedelta(days=62)  # what one person decided stays in the list of all
EVE = timedelta(days=1)  # before that day, one reminder more
# the authority narrows it, somebody checks it, or what was said of it was wrong
COMES_BACK = {Reason.TOO_BROAD, Reason.UNCONFIRMED, Reason.MISTAKE}


def ends_or_waits(reason: str, was: str = RequisitionMove.State.REFUSED) -> str:
    """Return the state of a requisition that is not followed for this reason. Once something was handed over it stays
    so, whatever is added, unless what was recorded is wrong."""
    if reason != Reason.MISTAKE and was == RequisitionMove.State.ANSWERED:
        return was
    return RequisitionMove.State.WAITING if reason in COMES_BACK else RequisitionMove.State.REFUSED


def reminders_so_far(received_on: date, due_on: date | None, today: date) -> int:
    """Return how many reminders of a requisition that waits have come: each week since its receipt, whatever its day
    (the law asks for an answer without delay, and a day that was written wrong would silence it), and on the eve of its
    day."""
    days = (today - received_on).days
    eve = max(due_on - EVE, received_on) if due_on else None
    between = eve is not None and eve <= today and (eve - received_on).days % 7
    return days // 7 + bool(between)
