"""When a desk is there, by the clock of its own place. Every instant here was worked out by hand, in UTC."""

from datetime import UTC, datetime, time

import pytest
from django.db import DatabaseError, transaction

from agencies.duty.selectors import back_at
from agencies.models import DutyHours, DutyMember, Role
from foundation.actor import acting_as
from foundation.workflow import NotAllowed
from referral.organisations.operations import duty
from tests import factories as f
from tests.roles import as_role

pytestmark = pytest.mark.django_db


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def desk(zone: str, *stretches):
    """A desk of this place, open from .. to .. on these days (Monday 0)."""
    made = f.shelter(time_zone=zone)
    with as_role("nrm_owner"):
        for day, opens, closes in stretches:
            DutyHours.objects.create(
                desk=made.desk, weekday=day, opens=time.fromisoformat(opens), closes=time.fromisoformat(closes)
            )
    return made.pk


def back(pk: int, moment: str) -> str:
    return back_at([pk], at(moment))[pk].astimezone(UTC).strftime("%Y-%m-%d %H:%M")


WEEK = [(day, "09:00", "17:00") for day in range(5)]


@pytest.mark.parametrize(
    ("zone", "opens", "closes"),
    [  # Tuesday 24 November 2026, 9 to 17 by the clock there
        ("Europe/Paris", "2026-11-24 08:00", "2026-11-24 16:00"),  # UTC+1 in winter
        ("Indian/Mayotte", "2026-11-24 06:00", "2026-11-24 14:00"),  # UTC+3
        ("Indian/Reunion", "2026-11-24 05:00", "2026-11-24 13:00"),  # UTC+4
        ("America/Martinique", "2026-11-24 13:00", "2026-11-24 21:00"),  # UTC-4
        ("America/Guadeloupe", "2026-11-24 13:00", "2026-11-24 21:00"),  # UTC-4
        ("America/Cayenne", "2026-11-24 12:00", "2026-11-24 20:00"),  # UTC-3
    ],
)
def test_each_place_by_its_own_clock(zone, opens, closes):
    pk = desk(zone, *WEEK)
    before = f"{opens[:11]}{int(opens[11:13]) - 1:02d}:59"
    assert back(pk, before) == opens
    assert back(pk, opens) == opens
    inside = f"{closes[:11]}{int(closes[11:13]) - 1:02d}:59"
    assert back(pk, inside) == inside
    # at the closing hour it is closed, until the next day at the same hour
    assert back(pk, closes) == opens.replace("-24", "-25")


def test_a_friday_evening_leads_to_monday():
    pk = desk("Europe/Paris", *WEEK)
    assert back(pk, "2026-11-27 16:00") == "2026-11-30 08:00"  # Friday 17:00 in Paris
    assert back(pk, "2026-11-29 12:00") == "2026-11-30 08:00"


def test_summer_time_moves_the_instant_and_not_the_hour():
    pk = desk("Europe/Paris", *WEEK)
    assert back(pk, "2026-03-27 17:00") == "2026-03-30 07:00"  # forward on Sunday the 29th: 9:00 is UTC+2
    assert back(pk, "2026-10-23 17:00") == "2026-10-26 08:00"  # and back on Sunday 25 October: 9:00 is UTC+1
    # overseas places have no summer time
    assert back(desk("Indian/Mayotte", *WEEK), "2026-03-27 17:00") == "2026-03-30 06:00"


def test_a_night_ends_the_next_morning_and_a_day_may_be_whole():
    pk = desk("Europe/Paris", (4, "20:00", "08:00"))  # Friday night
    assert back(pk, "2026-11-27 18:59") == "2026-11-27 19:00"
    assert back(pk, "2026-11-28 06:59") == "2026-11-28 06:59"  # Saturday 7:59: still the night of Friday
    assert back(pk, "2026-11-28 07:00") == "2026-12-04 19:00"  # over, until next Friday
    whole = desk("Europe/Paris", (5, "00:00", "00:00"))  # Saturday round the clock
    assert back(whole, "2026-11-28 22:59") == "2026-11-28 22:59"
    assert back(whole, "2026-11-28 23:00") == "2026-12-04 23:00"


def test_a_desk_without_hours_is_always_there():
    assert back(desk("Europe/Paris"), "2026-11-29 03:00") == "2026-11-29 03:00"


def test_the_administrator_keeps_hours_and_list_and_nobody_else_does():
    agency, other = f.shelter(), f.shelter()
    admin, worker = f.member(agency, Role.AGENCY_ADMIN), f.member(agency)
    stranger, foreign = f.member(other, Role.AGENCY_ADMIN), f.member(other)
    with acting_as(admin):
        duty.set_hours(admin, [(0, time(9), time(17))])
        duty.set_duty_list(admin, {worker.pk: "06 39 98 00 00"})
        assert DutyMember.objects.get().phone == "06 39 98 00 00"
        with pytest.raises(NotAllowed):  # of another agency
            duty.set_duty_list(admin, {foreign.pk: ""})
        with pytest.raises(NotAllowed):  # an administrator sees no alerts: nobody to call
            duty.set_duty_list(admin, {admin.pk: ""})
    with acting_as(worker):
        with pytest.raises(NotAllowed):
            duty.set_hours(worker, [])
        assert DutyMember.objects.count() == 1
        assert DutyHours.objects.filter(desk=agency.pk).delete()[0] == 0  # the wall: nothing it may remove
    with acting_as(stranger):
        assert DutyHours.objects.count() == 1  # hours are everybody's to read
        assert DutyMember.objects.count() == 0  # who is called, and where, is not
        with pytest.raises(DatabaseError), transaction.atomic():
            DutyHours.objects.create(desk_id=agency.pk, weekday=1, opens=time(9), closes=time(17))
    with acting_as(admin):
        assert DutyHours.objects.filter(desk=agency.pk).count() == 1
