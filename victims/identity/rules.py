"""Check a date of birth known to the day, the month or the year."""

from datetime import date

from django.utils import timezone

EARLIEST = 1900


class NoSuchDay(ValueError):
    """Signal a day that the calendar does not have."""


class OutOfRange(ValueError):
    """Signal a date before 1900 or in the future."""


def known_date(year: int, month: int = 0, day: int = 0) -> str:
    """Return « 1998-03-12 », « 1998-03 » or « 1998 ». Raises NoSuchDay or OutOfRange."""
    try:
        born = date(year, month or 1, day or 1)
    except ValueError as error:
        raise NoSuchDay from error
    if born > timezone.localdate() or year < EARLIEST:
        raise OutOfRange
    return "-".join(f"{part:02}" for part in (year, month, day) if part)
