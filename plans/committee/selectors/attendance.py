"""Count attendance by college: seats of the State and of civil society, in numbers and per cent.

The numbers come from `nrm.attendance_figures`, for every reader; only the coordination reads who came.
"""

from collections import Counter

from django.db import connections, router

from plans.models import Attendance, Meeting, Seat


def by_college(meeting: Meeting) -> list[dict]:
    """Return a line per college with seats that day; seats without a record count as unknown."""
    return _lines(meeting, _presences([meeting.pk]))


def recorded_by_college(meeting: Meeting) -> list[dict]:
    """Return the lines of `by_college`, or none when no attendance was recorded: what the public reads."""
    presences = _presences([meeting.pk])
    return _lines(meeting, presences) if presences else []


def overall() -> list[dict]:
    """Return a line per college over all meetings held with recorded attendance."""
    presences = _presences([*Meeting.objects.filter(state=Meeting.State.HELD).values_list("pk", flat=True)])
    totals = Counter()
    for (college, _), count in presences.items():
        totals[college] += count
    return [_line(college, totals[college], presences) for college in Seat.College if totals[college]]


def _presences(meetings: list[int]) -> Counter:
    """Return how many seats of each (college, presence) these meetings count."""
    found: Counter = Counter()
    figures = "SELECT college, presence, seats FROM nrm.attendance_figures() WHERE meeting_id = ANY(%s)"
    with connections[router.db_for_read(Meeting)].cursor() as cursor:
        cursor.execute(figures, [meetings])
        for college, presence, seats in cursor.fetchall():
            found[college, presence] += seats
    return found


def _lines(meeting: Meeting, presences: Counter) -> list[dict]:
    seats = Counter(Seat.objects.live(meeting.on).values_list("college", flat=True))
    return [_line(college, seats[college], presences) for college in Seat.College if seats[college]]


def _line(college: Seat.College, seats: int, presences: Counter) -> dict:
    found = {presence.value: presences[college, presence] for presence in Attendance.Presence}
    return {
        "college": college.label,
        "code": college.value,
        "seats": seats,
        **found,
        "unknown": max(seats - sum(found.values()), 0),
        "percent": round(100 * found["present"] / seats) if seats else 0,
    }
