"""Compute time limits: calendar units, in the time zone of the place where the person is."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from foundation import working_days
from indicators.models import Unit
from referral.models import Clock

Kind = Clock.Kind
LAST_MINUTE = time(23, 59)
# the end is written on the document, not computed
TYPED = {Kind.PERMIT}
REFLECTION = ("delai_reflexion", 2)
# days before the end for reminders; only those in the second half of the time limit. The end always has one.
TOLD = {
    # the renewal is asked between the fourth and the second month before the end (CESEDA R431-5, to be checked)
    Kind.PERMIT: (120, 60, 15),
    Kind.COMPENSATION: (180, 60, 15),
}
TOLD_DEFAULT = (30, 7, 2)


def end_of(day: date, zone: str) -> datetime:
    """Return the last minute of this day in the time zone."""
    return datetime.combine(day, LAST_MINUTE, ZoneInfo(zone))


def due_at(counted: date, value: int, unit: str, zone: str, territory: str = "") -> datetime:
    """Return the last minute of the day `value` units after `counted`.

    Months are calendar months: one month after 31 January is the last day of February, as in `nrm.clock_due`. Working
    days are those of `territory`, the département where the person is. Raises ValueError for hours, which are counted
    from a moment.
    """
    if unit == Unit.HOUR:
        raise ValueError("hours are counted from a moment")
    if unit == Unit.WORKING:
        return end_of(working_days.after(counted, value, territory), zone)
    return end_of(counted + relativedelta(**{f"{unit}s": value}), zone)


def due_after(moment: datetime, hours: int) -> datetime:
    """Return the moment `hours` later."""
    return moment + timedelta(hours=hours)


def next_reminder(kind: str, started: datetime, due: datetime, now: datetime) -> datetime | None:
    """Return when to remind next; None after the reminder of the end."""
    half = started + (due - started) / 2
    moments = [due - timedelta(days=days) for days in TOLD.get(Kind(kind), TOLD_DEFAULT)]
    return next((moment for moment in [*(m for m in moments if m >= half), due] if moment > now), None)


def majority_month(day: date) -> date:
    """Return the first day of the month.

    The exact day of majority would reveal the birth date to those who may not read it; an earlier start never loses a
    right.
    """
    return day.replace(day=1)
