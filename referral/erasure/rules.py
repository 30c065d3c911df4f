"""Say until which day a closed case is kept."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date

MAJORITY = 18  # years


def years_after(day: date, years: int) -> date:
    """Return the same day so many years later; of a 29 February, the 1 March of a year that has none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def latest_birth(known: Iterable[str]) -> date | None:
    """Return the latest day that births known to the day, the month or the year allow: in doubt, a younger person."""
    days = []
    for text in known:
        year, month, day = [*map(int, text.split("-")), 0, 0][:3]
        month = month or 12
        days.append(date(year, month, day or monthrange(year, month)[1]))
    return max(days, default=None)


def erased_on(closed_on: date, years: int, *, minor: bool, born: date | None, received_on: date) -> date:
    """Return the day from which a case may be erased.

    A minor's time is counted from majority where that is later; without a birth, from 18 years after the case came.
    """
    start = closed_on
    if minor or born:
        start = max(start, years_after(born or received_on, MAJORITY))
    return years_after(start, years)
