"""Compute whether a telephone line answers now, in Paris time: spans of the week, nights and public holidays. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from foundation.working_days import holidays

PARIS = ZoneInfo("Europe/Paris")
ALWAYS = "always"
UNCONFIRMED = "always_unconfirmed"  # day and night, by an old source alone
MAINLAND = "75"  # public holidays of no particular département


class Line(StrEnum):
    UNKNOWN = "unknown"
    ALWAYS = "always"
    UNCONFIRMED = "always_unconfirmed"
    OPEN = "open"
    CLOSED = "closed"
    HOLIDAY = "holiday"  # a line closed some days of the week: nobody said what it does on a public holiday


@dataclass(frozen=True)
class Answers:
    """Hold the state of a line, and the moment it changes: closes when open, opens when closed."""

    state: Line
    changes: datetime | None = None


def answers(opening: str | list[dict] | None, now: datetime) -> Answers:
    """Return whether a line answers at `now`.

    `opening`: "always", "always_unconfirmed", None when not known, or spans {days: [1 Monday … 7 Sunday],
    from: "09:00", to: "20:00"} of one day each; "24:00" is midnight.
    """
    if opening is None:
        return Answers(Line.UNKNOWN)
    if opening in (ALWAYS, UNCONFIRMED):
        return Answers(Line(opening))
    local = now.astimezone(PARIS)
    every_day = {day for span in opening for day in span["days"]} == set(range(1, 8))
    if not every_day and local.date() in holidays(local.year, MAINLAND):
        return Answers(Line.HOLIDAY)
    spans = sorted(span for ahead in range(8) for span in _spans(opening, local, ahead))
    for start, end in spans:
        if start <= local < end:
            return Answers(Line.OPEN, end)
        if local < start and (every_day or start.date() not in holidays(start.year, MAINLAND)):
            return Answers(Line.CLOSED, start)
    return Answers(Line.CLOSED)


def _spans(opening, local: datetime, ahead: int) -> list[tuple[datetime, datetime]]:
    """Return the spans of the day `ahead` days after, as moments in Paris."""
    day = local.date() + timedelta(days=ahead)
    return [(_at(day, span["from"]), _at(day, span["to"])) for span in opening if day.isoweekday() in span["days"]]


def _at(day, clock: str) -> datetime:
    if clock == "24:00":
        return datetime.combine(day + timedelta(days=1), time(), PARIS)
    return datetime.combine(day, time.fromisoformat(clock), PARIS)
