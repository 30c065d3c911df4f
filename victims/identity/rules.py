"""A date of birth as far as it is known: day, month and year, month and year, or the year."""

from datetime import date

from django.utils import timezone

EARLIEST = 1900


class NoSuchDay(ValueError):
    """Not a day of the calendar."""


class OutOfRange(ValueError):
    """Before 1900, or to come."""


def known_date(year: int, month: int = 0, day: int = 0) -> str:
    """« 1998-03-12 », « 1998-03 » or « 1998 ». Raises NoSuchDay or OutOfRange."""
    try:
        born = date(year, month or 1, day or 1)
    except ValueError as error:
        raise NoSuchDay from error
    if born > timezone.localdate() or year < EARLIEST:
        raise OutOfRange
    return "-".join(f"{part:02}" for part in (year, month, day) if part)
