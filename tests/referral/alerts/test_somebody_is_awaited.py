"""After a merge, an end of help, a share of help or a lead taken back: somebody is awaited for each person."""

from copy import deepcopy

import pytest

from foundation.actor import acting_as
from foundation.workflow import WrongState
from notifications.models import Event
from referral.alerts.display import case_words
from referral.closing.operations import move_case
from referral.duplicates.operations import decisions
from referral.inbox.operations.alerts import close_alert, declare
from referral.models import Alert, AlertLink, Match
from referral.orientations.operations import orientations
from tests import factories as f
from tests.roles import as_role
from victims.consents.operations import withdraw_consent
from victims.models import Case, Grant

from .awaited import (
    ADULT,
    CHILD,
    VITAL,
    asked,
    awaited,
    closed,
    lapsed,
    lay,
    merged,
    offered,
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


# a case opened from a child's alert is merged into another


def test_a_childs_case_merged_into_one_that_nobody_helps_leaves_the_child_to_somebody(w):
    alert, kept = sent(w, CHILD), f.own_case(w.coordinator)
    case = opened(w.coordinator, alert)
    with acting_as(w.coordinator):
        move_case(w.coordinator, case.pk, "start_support")
    assert not awaited(alert)
    merged(w, case, kept)
    assert awaited(alert) == {w.unit.name}
    # something follows for the case that stays: it is the same child's
    asked(w.coordinator, kept, w.other)
    assert not awaited(alert)


def test_a_case_merged_into_one_that_is_helped_waits_while_it_is_and_no_longer(w):
    alert, kept = sent(w, CHILD), f.own_case(w.worker)
    case = opened(w.coordinator, alert)
    request = asked(w.worker, kept, w.helper)
    merged(w, case, kept)
    assert not awaited(alert), "the other case of this child is helped"
    with acting_as(w.helper):
        orientations.decline_orientation(w.helper, request.pk, reason="no_place")
    assert awaited(alert) == {w.unit.name}


def test_the_author_does_not_read_that_all_is_ended_while_the_other_case_goes_on(w):
    alert, kept = sent(w, CHILD), f.own_case(w.worker)
    case = opened(w.coordinator, alert)
    pair = merged(w, case, kept)

    def read():
        with acting_as(w.nurse):
            return Alert.objects.get(pk=alert.pk).case_status

    assert (read(), case_words(read())) == ("open", "")
    with as_role("nrm_owner"):
        assert not Event.objects.filter(subject_id=alert.pk, kind="alert_case_moved").exists()
    with acting_as(w.coordinator):
        decisions.undo_merge(w.coordinator, pair.pk)
    assert read() == "open"
    merged_again = Match.objects  # the pair is open again: merge it once more, then close the case that stays
    with acting_as(w.coordinator):
        decisions.merge(w.coordinator, pair.pk, keep="first" if pair.first_id == kept.pk else "second")
        assert merged_again.get(pk=pair.pk).state == "merged"
    closed(w.worker, kept)
    assert read() == "closed"


def test_a_desk_whose_case_was_closed_as_a_duplicate_may_close_its_share(w):
    alert, kept = sent(w, CHILD), f.own_case(w.worker)
    case = opened(w.coordinator, alert)
    assert "close" not in offered(w.coordinator, alert)
    with acting_as(w.coordinator), pytest.raises(WrongState):
        close_alert(w.coordinator, alert.pk, reason="followed")  # its case is closed instead
    merged(w, case, kept)
    assert awaited(alert) == {w.unit.name}
    assert "close" in offered(w.coordinator, alert)
    with acting_as(w.coordinator):
        close_alert(w.coordinator, alert.pk, reason="followed")
    # the last desk closed, and the child's other case has no help: it comes back
    assert awaited(alert) == {w.unit.name}
    closed(w.worker, kept)  # with a reason: nobody is asked anything, nor this desk
    with as_role("nrm_owner"):
        assert Alert.objects.get(pk=alert.pk).state == "closed"


# a request that was completed, or whose access lapsed


@pytest.mark.parametrize("answers", [CHILD, VITAL, ADULT], ids=["child", "vital", "adult"])
@pytest.mark.parametrize("end", ["completed", "lapsed"])
def test_help_of_one_night_that_ended_is_no_help_for_ever(w, answers, end):
    alert = sent(w, answers)
    case = opened(w.coordinator, alert)
    request = asked(w.coordinator, case, w.helper, state="accepted")
    assert not awaited(alert)
    if end == "lapsed":
        lapsed(request)
    else:
        with acting_as(w.helper):
            orientations.start_orientation(w.helper, request.pk)
            orientations.complete_orientation(w.helper, request.pk, outcome="services")
    assert awaited(alert) == {w.unit.name}


def test_help_that_ended_while_another_helps_wakes_nobody(w):
    alert = sent(w, CHILD)
    case = opened(w.coordinator, alert)
    asked(w.coordinator, case, w.other, state="accepted", exclusive=False)
    first = asked(w.coordinator, case, w.helper, state="accepted", exclusive=False)
    lapsed(first)
    assert not awaited(alert)


def test_help_that_ended_with_the_case_wakes_nobody(w):
    alert = sent(w, CHILD)
    case = opened(w.coordinator, alert)
    asked(w.coordinator, case, w.helper, state="accepted")
    closed(w.coordinator, case)
    assert not awaited(alert)


# an alert that tells of several persons


def test_one_request_for_one_of_several_persons_stops_the_clock_of_none_of_the_others(w):
    alert = sent(w, CHILD)
    first = opened(w.coordinator, alert)
    second = f.bare_case(w.coordinator)
    with acting_as(w.coordinator):
        AlertLink.objects.create(alert=alert, case=second)
    asked(w.coordinator, first, w.helper, state="accepted")
    assert awaited(alert) == {w.unit.name}, "the second person has no help"
    asked(w.coordinator, second, w.helper)
    assert not awaited(alert)


def test_a_person_whose_case_is_opened_after_the_first_was_helped_is_waited_for(w):
    alert = sent(w, CHILD)
    asked(w.coordinator, opened(w.coordinator, alert), w.helper, state="accepted")
    assert not awaited(alert)
    second = f.bare_case(w.coordinator)
    with acting_as(w.coordinator):
        AlertLink.objects.create(alert=alert, case=second)
    assert awaited(alert) == {w.unit.name}


def test_one_of_two_persons_whose_help_ends_is_waited_for(w):
    alert = sent(w, CHILD)
    first = opened(w.coordinator, alert)
    second = f.bare_case(w.coordinator)
    with acting_as(w.coordinator):
        AlertLink.objects.create(alert=alert, case=second)
    asked(w.coordinator, first, w.helper, state="accepted")
    request = asked(w.coordinator, second, w.helper)
    with acting_as(w.helper):
        orientations.decline_orientation(w.helper, request.pk, reason="no_place")
    assert awaited(alert) == {w.unit.name}
    closed(w.coordinator, second)  # ended with a reason: this person waits no more
    assert not awaited(alert)


# a transfer that is taken back


def test_what_the_merged_case_had_asked_helps_the_same_child_on_and_its_end_is_seen(w):
    alert, kept = sent(w, CHILD), f.own_case(w.worker)
    case = opened(w.coordinator, alert)
    request = asked(w.coordinator, case, w.helper, state="accepted")
    merged(w, case, kept)
    assert not awaited(alert), "a merge ends no request"
    lapsed(request)
    assert awaited(alert) == {w.unit.name}


def test_a_danger_to_life_whose_transfer_is_taken_back_comes_back_to_the_coordination(w):
    alert, case, agreed = transferred(w, VITAL)
    with acting_as(w.helper):
        withdraw_consent(w.helper, agreed.pk)
    with as_role("nrm_owner"):
        assert Case.objects.get(pk=case.pk).lead_id == w.unit.pk
    assert awaited(alert) == {w.unit.name}
    assert w.unit.pk in told_to(alert)


def test_a_childs_case_in_support_that_comes_back_is_waited_for(w):
    alert, case, _ = transferred(w, CHILD)
    with acting_as(w.helper):
        move_case(w.helper, case.pk, "start_support")
    with as_role("nrm_owner"), acting_as(w.helper):
        mine = Grant.rows.filter(content_object=case, group=w.helper.agency_id, ground="lead")
        mine.update(until="2020-01-01T00:00Z")
        mine.delete()
        assert Case.objects.get(pk=case.pk).lead_id == w.unit.pk
    assert awaited(alert) == {w.unit.name}


# an adult's request that is refused


def test_an_adults_refused_request_wakes_each_desk_that_fell_silent(w):
    alert = sent(w, ADULT, [w.home])
    case = opened(w.coordinator, alert)
    request = asked(w.coordinator, case, w.helper)
    assert not awaited(alert)
    with acting_as(w.helper):
        orientations.decline_orientation(w.helper, request.pk, reason="no_place")
    assert awaited(alert) == {w.unit.name, w.home.name}


def test_a_desk_that_closed_stays_quiet_and_one_that_acts_keeps_the_others_so(w):
    alert = sent(w, ADULT, [w.home, w.other.agency])
    with acting_as(w.other):
        close_alert(w.other, alert.pk, reason="followed")
    case = opened(w.coordinator, alert)
    request = asked(w.coordinator, case, w.helper)
    with acting_as(w.helper):
        orientations.decline_orientation(w.helper, request.pk, reason="no_place")
    assert awaited(alert) == {w.unit.name, w.home.name}
    with acting_as(w.worker):
        declare(w.worker, alert.pk, what="acting", words="Nous l'accueillons ce soir.")
    request = asked(w.coordinator, case, w.helper)
    with acting_as(w.helper):
        orientations.decline_orientation(w.helper, request.pk, reason="no_place")
    assert w.other.agency.name not in awaited(alert)
