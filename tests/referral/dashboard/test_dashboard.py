"""Dashboard of a coordination unit: what is counted, for whom, and what of it may leave."""

from copy import deepcopy
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.models import Kind, Role, Territory
from foundation.actor import acting_as
from foundation.workflow import NotAllowed
from referral.dashboard import display
from referral.dashboard.forms import CountForm, of_quarter, quarter
from referral.dashboard.rules import PLACES
from referral.dashboard.selectors import Asked, counted
from referral.models import AlertDesk
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    f.territory("13", "Bouches-du-Rhône")
    unit, shelter = f.coordination(name="Coordination d'essai"), f.shelter(name="Foyer d'essai")
    return {
        "coord": f.member(unit, Role.COORDINATOR),
        "worker": f.member(unit),
        "far": f.member(f.coordination(territories=("13",)), Role.COORDINATOR),
        "shelter": shelter,
        "answerer": f.member(shelter),
        "nurse": f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE),
    }


def received(world, number=1, **columns) -> list:
    """Send alerts that the coordination gets, and set the columns of its own rows of them."""
    made = [f.sent_alert(world["nurse"], desks=[world["shelter"].pk]) for _ in range(number)]
    if columns:
        with as_role("nrm_owner"):
            AlertDesk.objects.filter(alert__in=made, agency=world["coord"].agency).update(**columns)
    return made


def figures(actor, **asked):
    form = CountForm(asked)
    with acting_as(actor):
        return counted(actor, form.asked())


def test_alerts_are_counted_by_week_form_place_and_delay(world):
    now = timezone.now()
    at = now - timedelta(days=8)
    received(world, 2, received_at=at, opened_at=at + timedelta(hours=1), answered_at=at + timedelta(hours=5))
    received(world, 1, received_at=at, opened_at=at + timedelta(hours=3), form="domestic_servitude")
    received(world, 1, territory="13", urgency="vital")
    received(world, 1, received_at=now - timedelta(days=300))
    found = figures(world["coord"])
    assert found.received == 4
    assert found.alerts["form"] == {"labour_exploitation": 3, "domestic_servitude": 1}
    assert found.alerts["territory"] == {"75": 3, "13": 1}
    assert sorted(found.alerts["period"].values()) == [1, 3]
    ordinary = found.opened["normal"]
    assert (ordinary.count, ordinary.done, ordinary.half) == (3, 3, timedelta(hours=1))
    assert found.answered["normal"].done == 2 and found.answered["normal"].most == timedelta(hours=5)
    assert (found.opened["vital"].count, found.opened["vital"].half) == (1, None)
    assert figures(world["coord"], form="domestic_servitude").received == 1
    assert figures(world["coord"], territory="13", urgency="vital").received == 1
    assert figures(world["coord"], period="12").received == 5
    assert figures(world["coord"], period="gone").received == 4, "an unknown period is left out"


@pytest.mark.parametrize(
    ("by_month", "since", "before", "first", "last", "many"),
    [  # Monday 30 November 2026, half past midnight; the evening before; the first minute of a month; an ended quarter
        (False, (2026, 9, 7), (2026, 11, 30, 0, 30), date(2026, 9, 7), date(2026, 11, 30), 13),
        (False, (2026, 8, 31), (2026, 11, 29, 23, 30), date(2026, 8, 31), date(2026, 11, 23), 13),
        (True, (2026, 1, 1), (2026, 12, 1, 0, 1), date(2026, 1, 1), date(2026, 12, 1), 12),
        (True, (2026, 7, 1), (2026, 10, 1), date(2026, 7, 1), date(2026, 9, 1), 3),
    ],
)
def test_a_period_that_has_begun_has_a_line_of_its_own(by_month, since, before, first, last, many):
    """On a Monday the alerts of the day were counted above the table and in no line of it."""
    paris = timezone.get_default_timezone()
    asked = Asked(*(datetime(*moment, tzinfo=paris) for moment in (since, before)), by_month=by_month)
    found = display._periods(asked)
    assert (found[0], found[-1], len(found)) == (first, last, many)


def test_requests_are_counted_by_state_with_refusals_for_lack_of_place(world):
    case = f.case(world["coord"], author=world["nurse"])
    f.orientation(world["coord"], case, world["shelter"], state="declined", answerer=world["answerer"])
    second = f.shelter()
    f.orientation(world["coord"], case, second, state="accepted")
    f.orientation(world["coord"], case, f.shelter(), state="draft")
    found = figures(world["coord"])
    assert found.requests == {"declined": 1, "accepted": 1} and found.sent == 2
    assert (found.accepted.count, found.accepted.done) == (2, 1)
    assert found.declined == {"no_place": 1}
    page = text(Hand(world["coord"]).get("dashboard"))
    assert "Pas de place" in page and "Acceptées : 1 sur 2" in page


def test_another_unit_and_who_is_no_coordinator_count_nothing(world):
    received(world, 3)
    assert figures(world["far"]).received == 0, "alerts of another unit are not its own"
    for actor in (world["worker"], world["answerer"]):
        with pytest.raises(NotAllowed):
            figures(actor)
        assert Hand(actor).get("dashboard").status_code == 403
        assert Hand(actor).get("dashboard-csv").status_code == 403
    assert Hand(world["nurse"]).get("dashboard").status_code == 403


def test_alert_of_a_restricted_case_is_counted_for_who_may_open_it_only(world):
    [kept, _open] = received(world, 2)
    with as_role("nrm_owner"):
        AlertDesk.objects.filter(alert=kept, agency=world["coord"].agency).update(
            kept_cases=[f.bare_case(world["far"]).pk]
        )
    assert figures(world["coord"]).received == 1
    assert text(Hand(world["coord"]).get("dashboard")).count("<dd>1</dd>") == 1


def test_late_services_are_named_with_what_waits_there(world):
    received(world, 2)
    with as_role("nrm_owner"):
        AlertDesk.objects.filter(agency=world["shelter"]).update(
            received_at=timezone.now() - timedelta(hours=60), answer_by=timezone.now() + timedelta(hours=1)
        )
    assert [(agency.name, number) for agency, number in figures(world["coord"]).silent] == [("Foyer d'essai", 2)]
    assert "Foyer d'essai" in text(Hand(world["coord"]).get("dashboard"))
    assert "Foyer d'essai" not in text(Hand(world["coord"]).get("dashboard-shared"))


def test_what_is_handed_on_shows_no_small_number_and_none_to_compute_it_from(world):
    first, _known = quarter("")
    at = of_quarter(first).since + timedelta(days=3)
    received(world, 12, received_at=at, opened_at=at + timedelta(hours=1))
    received(world, 2, received_at=at, territory="13", form="domestic_servitude")
    received(world, 1)  # of the running quarter: not in it
    hand = Hand(world["coord"])
    page = text(hand.get("dashboard-shared"))
    assert "<dd>14</dd>" in page, "the whole is not small"
    table = text(hand.get("dashboard-csv"))
    by_form = [line for line in table.splitlines() if "forme d'exploitation" in line]
    assert len(by_form) == 2 and all("masqué" in line for line in by_form), "12 would give the 2 away"
    by_place = [line for line in table.splitlines() if "par département" in line]
    assert len(by_place) == 2 and all("masqué" in line for line in by_place)
    assert not [line for line in table.splitlines() if line.rstrip('"').endswith((",2", ";2", ",12", ";12"))]
    assert ">2</text>" not in page and page.count(">12</text>") == 1, "the code of Aveyron alone"
    # the working page shows them
    with acting_as(world["coord"]):
        exact = counted(world["coord"], of_quarter(first))
    assert exact.alerts["form"] == {"labour_exploitation": 12, "domestic_servitude": 2}


def test_as_many_statements_for_many_alerts_as_for_few(world):
    hand = Hand(world["coord"])
    received(world, 2)
    hand.get("dashboard")
    with CaptureQueriesContext(
        connection,
    ) as few:
        hand.get("dashboard")
    received(world, 9)
    with CaptureQueriesContext(connection) as many:
        hand.get("dashboard")
    assert len(few) == len(many) <= 30


def test_each_place_has_one_square_of_the_map():
    codes = set(Territory.objects.exclude(sort=Territory.Sort.REGION).values_list("code", flat=True))
    assert codes <= set(PLACES)
    assert len(PLACES) == 107 == len(set(PLACES.values()))  # 101 départements, 6 overseas collectivities
