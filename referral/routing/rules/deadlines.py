"""Compute the time limits of alerts and orientations (design, section 5), stored as `due_at`. Calendar time."""

from datetime import datetime, timedelta

from referral.models.alerts import BEFORE_LEAVING, FIRST, VITAL_AGAIN
from victims.models import Urgency

TO_READ_AN_ANSWER = timedelta(hours=2)


def first_due(urgency: str, now: datetime, reachable_until: datetime | None = None) -> datetime:
    """Return when an alert must be answered: by urgency, and two hours before the person can no longer be reached.

    When less is left, within the time of a danger to life, or half of what is left: nobody is late from the start. A
    moment that is past shortens nothing, as in `next_due` and nrm.alert_clock.
    """
    due = now + FIRST[Urgency(urgency)]
    if reachable_until is not None and reachable_until > now:
        soon = now + min(FIRST[Urgency.VITAL], (reachable_until - now) / 2)
        due = min(due, max(soon, reachable_until - BEFORE_LEAVING))
    return due


def next_due(urgency: str, now: datetime, first: bool, reachable_until: datetime | None = None) -> datetime:
    """Return when an alert or request without an answer is reported again.

    Vital: 10 minutes after the first time, then every 20; otherwise after the same delay. Every 20 minutes when the
    person can be reached for a short time only.
    """
    if urgency == Urgency.VITAL:
        return now + (FIRST[Urgency.VITAL] if first else VITAL_AGAIN)
    due = now + FIRST[Urgency(urgency)]
    if reachable_until is not None and reachable_until > now:
        due = min(due, max(now + VITAL_AGAIN, reachable_until - BEFORE_LEAVING))
    return due


def due_after_answer(clocks: list[tuple[str, datetime, datetime]], now: datetime) -> datetime:
    """Return when a desk must answer, once its own question is answered.

    `clocks`: (action, at, due_at) of the moves that set a time limit. A delay stopped by a first question goes on with
    what was left of it; another one stays. The desk has at least two hours to read the answer.
    """
    due = clocks[-1][2]
    if clocks[-1][0] == "ask" and len(clocks) > 1:
        asked_at, before = clocks[-1][1], clocks[-2][2]
        due = now + (before - asked_at)
    return max(due, now + TO_READ_AN_ANSWER)
