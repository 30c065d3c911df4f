"""Clocks of alerts and orientations (design, section 5): calendar time, stored as `due_at`, never computed by row."""

from datetime import datetime, timedelta

from victims.models import Urgency

FIRST = {
    Urgency.VITAL: timedelta(minutes=10),
    Urgency.HIGH: timedelta(hours=24),
    Urgency.NORMAL: timedelta(hours=72),
}
VITAL_AGAIN = timedelta(minutes=20)  # second desk at 10 min, national at 20, then every 20 until somebody acts
BEFORE_LEAVING = timedelta(hours=2)


def first_due(urgency: str, now: datetime, reachable_until: datetime | None = None) -> datetime:
    """When an alert must be answered: its clock, or two hours before the person can no longer be reached there.

    Less left than that is due now.
    """
    due = now + FIRST[Urgency(urgency)]
    if reachable_until is not None:
        due = min(due, max(now, reachable_until - BEFORE_LEAVING))
    return due


def again(urgency: str, now: datetime, rung: int) -> datetime:
    """When silence is told again: for vital 10 then every 20 minutes, else once more after the same clock."""
    if urgency == Urgency.VITAL:
        return now + (FIRST[Urgency.VITAL] if rung == 0 else VITAL_AGAIN)
    return now + FIRST[Urgency(urgency)]
