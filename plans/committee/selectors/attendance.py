"""Who came, by college: the State's seats against those of civil society, in numbers and percent."""

from collections import Counter

from plans.models import Attendance, Meeting, Seat


def by_college(meeting: Meeting) -> list[dict]:
    """A line for each college that has a seat that day; seats nobody spoke of count as not known."""
    seats = Counter(Seat.objects.live(meeting.on).values_list("college", flat=True))
    said = Counter(Attendance.objects.filter(meeting=meeting).values_list("seat__college", "presence"))
    return [_line(college, seats[college], said) for college in Seat.College if seats[college]]


def overall() -> list[dict]:
    """Over all the meetings held for which the presence was noted."""
    said = Counter(
        Attendance.objects.filter(meeting__state=Meeting.State.HELD).values_list("seat__college", "presence")
    )
    totals = Counter()
    for (college, _), count in said.items():
        totals[college] += count
    return [_line(college, totals[college], said) for college in Seat.College if totals[college]]


def _line(college: Seat.College, seats: int, said: Counter) -> dict:
    found = {presence.value: said[college, presence] for presence in Attendance.Presence}
    return {
        "college": college.label,
        "code": college.value,
        "seats": seats,
        **found,
        "unknown": max(seats - sum(found.values()), 0),
        "percent": round(100 * found["present"] / seats) if seats else 0,
    }
