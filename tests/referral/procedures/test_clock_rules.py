"""Calendar arithmetic of time limits: every answer counted by hand, in the time of the place."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from indicators.models import Procedure
from referral.models.procedures import kind_of
from referral.procedures.rules import due_after, due_at, end_of, majority_month, next_reminder
from tests.roles import as_role

# (counted from, value, unit, zone, last minute in universal time)
CASES = [
    ((2026, 1, 31), 1, "month", "Europe/Paris", (2026, 2, 28, 22, 59)),
    ((2028, 1, 31), 1, "month", "Europe/Paris", (2028, 2, 29, 22, 59)),  # leap year
    ((2028, 2, 29), 1, "year", "Europe/Paris", (2029, 2, 28, 22, 59)),
    ((2028, 2, 29), 3, "year", "Europe/Paris", (2031, 2, 28, 22, 59)),
    ((2026, 11, 30), 3, "month", "Europe/Paris", (2027, 2, 28, 22, 59)),
    ((2026, 11, 24), 30, "day", "Europe/Paris", (2026, 12, 24, 22, 59)),
    ((2026, 3, 1), 30, "day", "Europe/Paris", (2026, 3, 31, 21, 59)),  # summer time began between the two
    ((2026, 11, 24), 30, "day", "Indian/Reunion", (2026, 12, 24, 19, 59)),
    ((2026, 11, 24), 30, "day", "Indian/Mayotte", (2026, 12, 24, 20, 59)),
    ((2026, 11, 24), 30, "day", "America/Cayenne", (2026, 12, 25, 2, 59)),
    ((2026, 11, 24), 30, "day", "America/Guadeloupe", (2026, 12, 25, 3, 59)),
    ((2026, 11, 24), 30, "day", "America/Martinique", (2026, 12, 25, 3, 59)),
    ((2026, 11, 24), 21, "day", "Pacific/Noumea", (2026, 12, 15, 12, 59)),
]


@pytest.mark.parametrize(("counted", "value", "unit", "zone", "wanted"), CASES)
def test_last_minute_of_the_last_day_there(counted, value, unit, zone, wanted):
    assert due_at(date(*counted), value, unit, zone) == datetime(*wanted, tzinfo=UTC)


@pytest.mark.django_db
def test_the_database_counts_the_same():
    with as_role("nrm_owner"), connection.cursor() as cursor:
        for counted, value, unit, zone, wanted in CASES:
            cursor.execute("SELECT nrm.clock_due(%s, %s, %s, %s)", [date(*counted), value, unit, zone])
            assert cursor.fetchone()[0] == datetime(*wanted, tzinfo=UTC), (counted, unit, zone)


def test_hours_run_from_a_moment_through_a_change_of_time():
    """28 March 2026 at noon in Paris and 24 hours: one o'clock on the watch the next day, 24 hours all the same."""
    assert due_after(datetime(2026, 3, 28, 11, 0, tzinfo=UTC), 24) == datetime(2026, 3, 29, 11, 0, tzinfo=UTC)
    with pytest.raises(ValueError, match="moment"):
        due_at(date(2026, 3, 28), 24, "hour", "Europe/Paris")


def test_reminders_come_in_the_second_half_and_at_the_end():
    start, end = end_of(date(2026, 11, 1), "Europe/Paris"), end_of(date(2026, 12, 1), "Europe/Paris")
    told, now = [], start
    while (moment := next_reminder("reflection", start, end, now)) is not None:
        told.append(moment)
        now = moment
    # thirty days before the end is the start itself: not told; seven and two days before, then the end
    assert [moment.date() for moment in told] == [date(2026, 11, 24), date(2026, 11, 29), date(2026, 12, 1)]
    assert next_reminder("reflection", start, end, end) is None


def test_a_permit_is_told_four_and_two_months_before_its_end():
    start, end = end_of(date(2026, 1, 10), "Europe/Paris"), end_of(date(2027, 1, 10), "Europe/Paris")
    first = next_reminder("permit", start, end, start)
    assert first.date() == date(2026, 9, 12) and next_reminder("permit", start, end, first).date() == date(2026, 11, 11)


def test_which_clock_a_step_runs():
    assert kind_of("delai_reflexion", 2) == "reflection" and kind_of("delai_reflexion", 1) == "step"
    assert kind_of("asile", 5) == kind_of("asile_mineur", 5) == "asylum"
    assert kind_of("indemnisation_civi", 2) == kind_of("indemnisation_mineur", 2) == "compensation"
    assert kind_of("mineur_information_preoccupante", 3) == "evaluation" and kind_of("titre_sejour", 2) == "permit"


def test_a_majority_keeps_its_month_only():
    assert majority_month(date(2029, 7, 19)) == date(2029, 7, 1)


# three working days counted by hand on a calendar: (counted from, département, end)
WORKING = [
    ((2026, 11, 24), "75", (2026, 11, 27)),  # Tuesday to Friday
    ((2026, 11, 26), "75", (2026, 12, 1)),  # over a week-end
    ((2026, 12, 23), "75", (2026, 12, 29)),  # 24, Monday 28, Tuesday 29: Christmas is a Friday
    ((2027, 12, 23), "75", (2027, 12, 28)),  # 24, Monday 27, 28: Christmas falls on a Saturday
    ((2026, 4, 2), "75", (2026, 4, 8)),  # Friday 3, then Tuesday 7 after Easter Monday, 8
    ((2026, 4, 2), "67", (2026, 4, 9)),  # Good Friday is a holiday in Alsace
    ((2026, 5, 12), "93", (2026, 5, 18)),  # 13, not Ascension, 15, Monday 18
    ((2026, 12, 17), "974", (2026, 12, 22)),  # the 20th is a Sunday in 2026
    ((2028, 12, 18), "974", (2028, 12, 22)),  # 19, not the 20th (abolition, Réunion), 21, 22
    ((2028, 12, 18), "75", (2028, 12, 21)),
    ((2026, 4, 24), "976", (2026, 4, 30)),  # the 27th is a holiday in Mayotte
    ((2026, 4, 24), "75", (2026, 4, 29)),
    ((2026, 5, 21), "972", (2026, 5, 28)),  # 22 May (Martinique) and Whit Monday 25: 26, 27, 28
    ((2026, 11, 28), "75", (2026, 12, 2)),  # from a Saturday
]


@pytest.mark.parametrize(("counted", "where", "end"), WORKING)
def test_three_working_days_by_the_holidays_of_the_place(counted, where, end):
    found = due_at(date(*counted), 3, "working", "Europe/Paris", where)
    assert found == datetime(*end, 23, 59, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.mark.django_db
def test_the_registration_of_an_asylum_request_is_counted_so():
    step = Procedure.objects.get(code="asile").steps.get(order=1)
    assert (step.deadline_value, step.deadline_unit) == (3, "working")
