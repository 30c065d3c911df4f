"""Clocks of alerts and orientations (design, section 5): calendar time, stored as `due_at`, never computed by row."""

from datetime import datetime, timedelta

from referral.models.alerts import BEFORE_LEAVING, FIRST, VITAL_AGAIN
from victims.models import Urgency

TO_READ_AN_ANSWER = timedelta(hours=2)


def first_due(urgency: str, now: datetime, reachable_until: datetime | None = None) -> datetime:
    """When an alert must be answered: its clock, or two hours before the person can no longer be reached there.

    Less left than that is due now.
    """
    due = now + FIRST[Urgency(urgency)]
    if reachable_until is not None:
        due = min(due, max(now, reachable_until - BEFORE_LEAVING))
    return due


def next_due(urgency: str, now: datetime, first: bool, reachable_until: datetime | None = None) -> datetime:
    """When silence is told again. Vital: 10 minutes after the first time, then every 20; else the same clock again.

    While the person can still be reached, and not for long, it is told every 20 minutes.
    """
    if urgency == Urgency.VITAL:
        return now + (FIRST[Urgency.VITAL] if first else VITAL_AGAIN)
    due = now + FIRST[Urgency(urgency)]
    if reachable_until is not None and reachable_until > now:
        due = min(due, max(now + VITAL_AGAIN, reachable_until - BEFORE_LEAVING))
    return due


def due_after_answer(clocks: list[tuple[str, datetime, datetime]], now: datetime) -> datetime:
    """When a desk must answer once its question is answered. `clocks`: (action, at, due_at) of moves that set one.

    The clock a first question stopped goes on with what was left of it; one that was not stopped stands. The desk has
    two hours at least to read the answer.
    """
    due = clocks[-1][2]
    if clocks[-1][0] == "ask" and len(clocks) > 1:
        asked_at, before = clocks[-1][1], clocks[-2][2]
        due = now + (before - asked_at)
    return max(due, now + TO_READ_AN_ANSWER)
