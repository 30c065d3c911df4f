"""Say when the day of a requisition is near, how long all see what one person decided, and what ends one."""

from datetime import timedelta

from victims.models import RequisitionMove

from .words import Reason

SOON = timedelta(days=7)  # before the day that the authority gave
REREAD = timedelta(days=62)  # what one person decided stays in the list of all
COMES_BACK = {Reason.TOO_BROAD, Reason.UNCONFIRMED}  # the authority narrows it, or somebody checks it


def ends_or_waits(reason: str) -> str:
    """Return the state of a requisition that is not followed for this reason."""
    return RequisitionMove.State.WAITING if reason in COMES_BACK else RequisitionMove.State.REFUSED
