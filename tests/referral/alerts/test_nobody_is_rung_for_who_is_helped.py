"""Who is helped, or whose case was closed with a reason, rings nobody; who is not keeps one time limit."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from foundation.actor import acting_as
from notifications.models import Event
from referral.api.serializers.records import alert_side_actions
from referral.closing.operations import move_case
from referral.inbox.operations.alerts import close_alert, row_of
from referral.models import Alert, AlertDesk, AlertLink, AlertMove
from referral.orientations.operations import orientations
from tests import factories as f
from tests.roles import as_role
from victims.models import Case

from .awaited import (
    ADULT,
    CHILD,
    VITAL,
    asked,
    awaited,
    closed,
    desks,
    lapsed,
    lay,
    merged,
    opened,
    sent,
    told_to,
    transferred,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def w(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    return lay()


def rings(alert) -> int:
    with as_role("nrm_owner"):
        return Event.objects.filter(subject_id=alert.pk, kind="alert_vital").count()


def one_person(*cases):
    with as_role("nrm_owner"):
        Case.objects.filter(pk__in=[case.pk for case in cases]).update(persons=1)


def erase(case):
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("SELECT nrm.erase_rows(%s, 'time')", [case.pk])


# closed with a reason


def test_closing_the_case_that_stands_settles_the_share_of_who_led_the_merged_one(w):
    alert, kept = sent(w, VITAL), f.own_case(w.worker)
    case = opened(w.coordinator, alert)
    asked(w.worker, kept, w.helper, state="accepted")
    merged(w, case, kept)
    assert not awaited(alert)
    before = rings(alert)
    closed(w.worker, kept)
    assert (desks(alert), rings(alert)) == ({w.unit.name: ("closed", False)}, before)
    with as_role("nrm_owner"):
        assert Alert.objects.get(pk=alert.pk).state == "closed"


def test_closing_the_case_that_stands_keeps_the_share_of_who_leads_another_child(w):
    alert, kept = sent(w, {**CHILD, "persons": 2}), f.own_case(w.worker)
    first, second = opened(w.coordinator, alert), f.bare_case(w.coordinator, age_side="minor")
    one_person(first, second)
    with acting_as(w.coordinator):
        AlertLink.objects.create(alert=alert, case=second)
    asked(w.worker, kept, w.helper, state="accepted")
    merged(w, first, kept)
    closed(w.worker, kept)
    assert desks(alert) == {w.unit.name: ("case", True)}, "nothing goes on for the second child"


@pytest.mark.parametrize("kept", ["helped", "waiting"])
def test_whichever_of_two_cases_is_kept_the_help_of_one_stops_the_clock_of_both(w, kept):
    """A service helps the person of one case; an alert led to the other, where nothing goes on."""
    alert, helped = sent(w, CHILD), f.own_case(w.worker)
    waiting = opened(w.coordinator, alert)
    asked(w.worker, helped, w.helper, state="accepted")
    assert awaited(alert) == {w.unit.name}
    merged(w, *((waiting, helped) if kept == "helped" else (helped, waiting)))
    assert not awaited(alert)


def test_two_cases_of_which_none_is_helped_keep_the_clock(w):
    alert, other = sent(w, CHILD), f.own_case(w.worker)
    waiting = opened(w.coordinator, alert)
    merged(w, other, waiting)
    assert awaited(alert) == {w.unit.name}


def test_closing_again_a_case_that_came_back_to_the_unit_settles_its_share(w):
    alert, case, _ = transferred(w, CHILD)
    closed(w.helper, case)
    with acting_as(w.helper):
        move_case(w.helper, case.pk, "reopen")
    assert awaited(alert) == {w.unit.name}
    closed(w.helper, case)
    assert not awaited(alert)


def test_an_adults_case_closed_with_a_reason_wakes_no_other_desk(w):
    alert = sent(w, ADULT, [w.home, w.other.agency])
    case = opened(w.coordinator, alert)
    asked(w.coordinator, case, w.helper, state="accepted")
    assert not awaited(alert)
    closed(w.coordinator, case)
    assert not awaited(alert) and not told_to(alert)


def test_a_case_erased_leaves_no_person_of_the_alert_uncounted(w):
    alert = sent(w, {**CHILD, "persons": 2}, [w.home])
    first, second = opened(w.coordinator, alert), opened(w.worker, alert)
    one_person(first, second)
    asked(w.worker, second, w.helper, state="accepted")
    closed(w.coordinator, first)
    erase(first)
    assert not awaited(alert)
    closed(w.worker, second)
    assert not awaited(alert)


def test_a_case_erased_leaves_the_child_without_a_case_awaited(w):
    alert = sent(w, {**CHILD, "persons": 3}, [w.home])
    first, second = opened(w.coordinator, alert), opened(w.worker, alert)
    one_person(first, second)
    asked(w.worker, second, w.helper, state="accepted")
    closed(w.coordinator, first)
    erase(first)
    closed(w.worker, second)
    assert awaited(alert), "the third has none"


# helped by who leads


@pytest.mark.parametrize("answers", [CHILD, VITAL], ids=["child", "vital"])
@pytest.mark.parametrize("how", ["support", "request"])
def test_a_unit_that_got_the_alert_back_is_quiet_once_the_lead_acts(w, answers, how):
    alert, case, _ = transferred(w, answers)
    closed(w.helper, case)
    with acting_as(w.helper):
        move_case(w.helper, case.pk, "reopen")
    assert awaited(alert) == {w.unit.name}
    if how == "support":
        with acting_as(w.helper):
            move_case(w.helper, case.pk, "start_support")
        assert not awaited(alert)
        return
    request = asked(w.helper, case, w.other)
    assert not awaited(alert)
    with acting_as(w.other):
        orientations.decline_orientation(w.other, request.pk, reason="no_place")
    assert awaited(alert) == {w.unit.name}, "what was asked came to nothing"


def test_a_request_of_the_case_that_stands_is_no_act_of_who_led_the_merged_one(w):
    alert, kept = sent(w, CHILD), f.own_case(w.worker)
    case = opened(w.coordinator, alert)
    merged(w, case, kept)
    asked(w.worker, kept, w.other)
    assert not awaited(alert)
    with as_role("nrm_owner"):
        assert [m.agency for m in AlertMove.objects.filter(alert=alert, action="follow")] == [None]


def test_a_request_of_who_opened_the_case_is_its_act(w):
    alert = sent(w, CHILD)
    asked(w.coordinator, opened(w.coordinator, alert), w.other)
    with as_role("nrm_owner"):
        assert [m.agency for m in AlertMove.objects.filter(alert=alert, action="follow")] == [w.unit]


# not helped: one time limit


def test_closing_a_share_of_who_is_not_helped_restores_its_time_and_does_not_ring_again(w):
    alert, kept = sent(w, VITAL), f.own_case(w.worker)
    case = opened(w.coordinator, alert)
    merged(w, case, kept)
    before = rings(alert)
    for _ in range(3):
        with acting_as(w.coordinator):
            close_alert(w.coordinator, alert.pk, reason="followed")
        assert awaited(alert) == {w.unit.name}
    assert rings(alert) == before
    with as_role("nrm_owner"):
        row = AlertDesk.objects.get(alert=alert, live=True)
    assert row.due_at == row.answer_by < timezone.now() + timedelta(minutes=20)


def test_closing_a_share_whose_time_is_over_rings_and_runs_again(w):
    alert, kept = sent(w, VITAL), f.own_case(w.worker)
    merged(w, opened(w.coordinator, alert), kept)
    with as_role("nrm_owner"):
        AlertDesk.objects.filter(alert=alert).update(answer_by=timezone.now() - timedelta(hours=1))
    before = rings(alert)
    with acting_as(w.coordinator):
        close_alert(w.coordinator, alert.pk, reason="followed")
    assert (awaited(alert), rings(alert)) == ({w.unit.name}, before + 1)


def test_help_that_has_ended_after_a_danger_to_life_waits_for_the_day(w):
    alert = sent(w, VITAL)
    request = asked(w.coordinator, opened(w.coordinator, alert), w.helper, state="accepted")
    before = rings(alert)
    lapsed(request)
    with as_role("nrm_owner"):
        row = AlertDesk.objects.get(alert=alert, live=True)
    assert timedelta(hours=12) < row.due_at - timezone.now() and rings(alert) == before


def test_help_refused_after_a_danger_to_life_waits_ten_minutes(w):
    alert = sent(w, VITAL)
    request = asked(w.coordinator, opened(w.coordinator, alert), w.helper)
    with acting_as(w.helper):
        orientations.decline_orientation(w.helper, request.pk, reason="no_place")
    with as_role("nrm_owner"):
        row = AlertDesk.objects.get(alert=alert, live=True)
    assert row.due_at - timezone.now() <= timedelta(minutes=10)


def test_a_program_is_offered_to_close_the_share_of_a_case_that_was_merged(w):
    alert, kept = sent(w, CHILD), f.own_case(w.worker)
    case = opened(w.coordinator, alert)
    with acting_as(w.coordinator):
        assert "close" not in alert_side_actions(w.coordinator, row_of(w.coordinator, alert), whole=True)
    merged(w, case, kept)
    with acting_as(w.coordinator):
        row = row_of(w.coordinator, alert)
        assert "close" in alert_side_actions(w.coordinator, row, whole=True)
        with CaptureQueriesContext(connection) as asked_for_a_row:
            alert_side_actions(w.coordinator, row)
    assert not asked_for_a_row.captured_queries, "a list asks nothing for each of its rows"
