"""Say until when a request of the person is answered, and when its end is told."""

from calendar import monthrange
from datetime import date, timedelta

FIRST, PROLONGED = 1, 3  # months from the day it was received (article 12(3) GDPR)
SOON = timedelta(days=7)  # before the day, who answers is told


def due_day(received_on: date, months: int = FIRST) -> date:
    """Return the last day to answer: the same day so many months later, the last of a month that has none.

    Never put off to a working day: what a Sunday allows is not worth an answer that comes later.
    """
    year, month = divmod(received_on.year * 12 + received_on.month - 1 + months, 12)
    return date(year, month + 1, min(received_on.day, monthrange(year, month + 1)[1]))


def may_prolong(received_on: date, today: date) -> bool:
    """Return whether the person can still be told in time: within the first month, its last day included."""
    return today <= due_day(received_on)
