"""A case that is open again, persons that have none, support of who led before: somebody is awaited."""

from copy import deepcopy

import pytest

from foundation.actor import acting_as
from referral.closing.operations import move_case
from referral.duplicates.operations import decisions
from referral.inbox.operations.alerts import declare
from referral.models import Alert, AlertLink
from referral.orientations.operations import orientations
from tests import factories as f
from tests.roles import as_role
from victims.consents.operations import withdraw_consent
from victims.models import Case

from .awaited import (
    ADULT,
    CHILD,
    VITAL,
    asked,
    awaited,
    closed,
    desks,
    handed_over,
    lay,
    merged,
    opened,
    sent,
    transferred,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def w(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    return lay()


# the support of who led before


def test_support_that_another_lead_began_is_no_help_of_the_coordination_that_leads_again(w):
    alert, case, agreed = transferred(w, CHILD)
    with acting_as(w.helper):
        move_case(w.helper, case.pk, "start_support")
        withdraw_consent(w.helper, agreed.pk)
    request = asked(w.coordinator, case, w.other)
    assert not awaited(alert)
    with acting_as(w.other):
        orientations.decline_orientation(w.other, request.pk, reason="no_place")
    assert awaited(alert) == {w.unit.name}


# a case that is open again


@pytest.mark.parametrize("answers", [CHILD, VITAL, ADULT], ids=["child", "vital", "adult"])
def test_a_case_reopened_waits_at_its_lead_as_one_that_nothing_has_followed(w, answers):
    alert = sent(w, answers)
    case = opened(w.coordinator, alert)
    asked(w.coordinator, case, w.helper, state="accepted")
    closed(w.coordinator, case)
    with as_role("nrm_owner"):
        assert Alert.objects.get(pk=alert.pk).state == "closed"
    with acting_as(w.coordinator):
        move_case(w.coordinator, case.pk, "reopen")
    with as_role("nrm_owner"):
        assert Alert.objects.get(pk=alert.pk).state == "acted"
    assert desks(alert) == {w.unit.name: ("case", True)}


def test_a_childs_case_reopened_by_who_got_it_handed_over_comes_back_to_the_coordination(w):
    alert, case, _ = transferred(w, CHILD)
    closed(w.helper, case)
    assert not awaited(alert)
    with acting_as(w.helper):
        move_case(w.helper, case.pk, "reopen")
    assert awaited(alert) == {w.unit.name}


def test_help_for_one_person_leaves_the_other_reopened_elsewhere_to_somebody(w):
    alert, second = sent(w, CHILD), f.bare_case(w.coordinator)
    first = opened(w.coordinator, alert)
    with acting_as(w.coordinator):
        AlertLink.objects.create(alert=alert, case=second)
    handed_over(w, first)
    closed(w.helper, first)
    with acting_as(w.helper):
        move_case(w.helper, first.pk, "reopen")
    asked(w.coordinator, second, w.other)
    assert awaited(alert) == {w.unit.name}, "the first waits at a lead who does not have the alert"


def test_a_case_parted_from_the_one_it_was_closed_for_wakes_an_alert_that_all_had_closed(w):
    alert, kept = sent(w, CHILD), f.own_case(w.worker)
    case = opened(w.coordinator, alert)
    pair = merged(w, case, kept)
    closed(w.worker, kept)
    assert desks(alert) == {w.unit.name: ("closed", False)}
    with acting_as(w.coordinator):
        decisions.undo_merge(w.coordinator, pair.pk)
    assert awaited(alert) == {w.unit.name}


@pytest.mark.parametrize("end", ["undone", "reopened"])
def test_a_case_that_was_merged_into_this_one_takes_what_it_had_asked_away_again(w, end):
    alert, other = sent(w, CHILD), f.own_case(w.worker)
    case = opened(w.coordinator, alert)
    asked(w.worker, other, w.helper)
    pair = merged(w, other, case)
    asked(w.coordinator, case, w.other, state="declined")
    assert not awaited(alert), "what the other case had asked goes on for this child"
    if end == "undone":
        with acting_as(w.coordinator):
            decisions.undo_merge(w.coordinator, pair.pk)
    else:
        with acting_as(w.worker):
            move_case(w.worker, other.pk, "reopen")
    assert awaited(alert) == {w.unit.name}


# persons that have no case yet


def test_children_of_an_alert_that_have_no_case_wait_until_somebody_says_what_is_done(w):
    alert = sent(w, {**CHILD, "persons": 3})
    case = opened(w.coordinator, alert)
    asked(w.coordinator, case, w.helper)
    assert not awaited(alert), "one case for the three"
    with as_role("nrm_owner"):
        Case.objects.filter(pk=case.pk).update(persons=1)
    closed(w.coordinator, case)
    assert awaited(alert) == {w.unit.name}, "the two others have none"
    with acting_as(w.coordinator):
        declare(w.coordinator, alert.pk, what="acting", words="Les deux autres sont repartis avec leur mère.")
    assert not awaited(alert)


def test_adults_of_an_event_without_a_case_of_their_own_wake_nobody(w):
    alert = sent(w, {**ADULT, "persons": 3})
    case = opened(w.coordinator, alert)
    with as_role("nrm_owner"):
        Case.objects.filter(pk=case.pk).update(persons=1)
    asked(w.coordinator, case, w.helper)
    assert not awaited(alert)
