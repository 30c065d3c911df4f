"""Count attendance by college: seats of the State and of civil society, in numbers and per cent."""

from collections import Counter

from plans.models import Attendance, Meeting, Seat


def by_college(meeting: Meeting) -> list[dict]:
    """Return a line per college with seats that day; seats without a record count as unknown."""
    seats = Counter(Seat.objects.live(meeting.on).values_list("college", flat=True))
    presences = Counter(Attendance.objects.filter(meeting=meeting).values_list("seat__college", "presence"))
    return [_line(college, seats[college], presences) for college in Seat.College if seats[college]]


def overall() -> list[dict]:
    """Return a line per college over all meetings held with recorded attendance."""
    presences = Counter(
        Attendance.objects.filter(meeting__state=Meeting.State.HELD).values_list("seat__college", "presence")
    )
    totals = Counter()
    for (college, _), count in presences.items():
        totals[college] += count
    return [_line(college, totals[college], presences) for college in Seat.College if totals[college]]


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
