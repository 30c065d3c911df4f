"""A case closed with a reason brings its alert back to who had stood by, or not: the table of decision 90."""

from copy import deepcopy
from datetime import timedelta

import pytest
import yaml
from django.conf import settings
from django.db import connection
from django.utils import timezone

from agencies.models import Kind
from foundation.actor import acting_as
from foundation.workflow import WrongState
from notifications.models import Event
from referral.closing.operations import move_case
from referral.inbox.operations import alerts as inbox
from referral.inbox.operations.silent_desks import reach_desk
from referral.models import AlertDesk, AlertLink
from referral.orientations.operations import orientations
from tests import factories as f
from tests.roles import as_role

from .awaited import CHILD, VITAL, asked, awaited, desks, lay, merged, opened, sent

pytestmark = pytest.mark.django_db
NOBODY, BY_DAY, AT_ONCE = "nobody", "by day", "at once"
# reason: of an adult in danger to life, of a child that protection saw, of one that it did not see
TABLE = {
    "autonomy": (NOBODY, NOBODY, BY_DAY),
    "transfer": (NOBODY, NOBODY, BY_DAY),
    "return": (NOBODY, NOBODY, BY_DAY),
    "not_established": (NOBODY, NOBODY, BY_DAY),
    "death": (NOBODY, NOBODY, BY_DAY),
    "withdrawal": (AT_ONCE, NOBODY, AT_ONCE),
    "lost_contact": (AT_ONCE, AT_ONCE, AT_ONCE),
    "disappearance": (AT_ONCE, AT_ONCE, AT_ONCE),
    "duplicate": (AT_ONCE, AT_ONCE, AT_ONCE),
}
CHILD_IN_DANGER = {**CHILD, "danger": "yes"}


@pytest.fixture
def w(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    w = lay()
    w.crip = f.member(f.agency(Kind.CHILD_PROTECTION, name="CRIP d'essai", supports_people=True))
    return w


def confirmed(w, alert, by, who):
    """The desk of `who` confirms that it has nothing to do, as the one of `by` told it."""
    with acting_as(by):
        inbox.stand_down(by, alert.pk, words="Notre équipe suit la personne.")
    with acting_as(who):
        inbox.confirm(who, alert.pk)


def stood_by(w, answers):
    """Return an alert and its case: the coordination supports the person, the home has nothing to do."""
    alert = sent(w, answers, [w.home])
    case = opened(w.coordinator, alert)
    with acting_as(w.coordinator):
        move_case(w.coordinator, case.pk, "start_support")
    confirmed(w, alert, w.coordinator, w.worker)
    assert desks(alert) == {w.unit.name: ("case", False), w.home.name: ("nothing_to_do", False)}
    supported_since(alert, case)
    return alert, case


def supported_since(alert, case, since="25 hours"):
    """Let the support have begun that long ago, of an alert of the week before."""
    with as_role("nrm_owner"):
        type(alert).objects.filter(pk=alert.pk).update(sent_at=timezone.now() - timedelta(days=7))
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE referral_casemove SET at = at - %s::interval WHERE case_id = %s AND action = 'start_support'",
            [since, case.pk],
        )
        cursor.execute("SET LOCAL session_replication_role = origin")


def closed_as(who, case, reason):
    with acting_as(who):
        move_case(who, case.pk, "close", reason=reason)


def asks(w, alert, agency=None) -> str:
    """Return what the closing asked of the desk of the home."""
    agency = agency or w.home
    with as_role("nrm_owner"):
        row = AlertDesk.objects.get(alert=alert, agency=agency)
        rung = Event.objects.filter(subject_id=alert.pk, actor_id=None, agencies__contains=[agency.pk])
        kinds = set(rung.values_list("kind", flat=True))
    if row.due_at is None:
        assert not kinds
        return NOBODY
    soon = row.due_at < timezone.now() + timedelta(hours=1)
    assert kinds == {"alert_vital" if soon else "alert_escalated"}
    return AT_ONCE if soon else BY_DAY


@pytest.mark.parametrize("reason", TABLE)
@pytest.mark.parametrize("whom", ["adult", "seen", "unseen"])
def test_reason_of_closing_says_what_is_asked_of_who_stood_by(w, reason, whom):
    alert, case = stood_by(w, VITAL if whom == "adult" else CHILD_IN_DANGER)
    if whom == "seen":
        asked(w.coordinator, case, w.crip, state="in_progress")
    closed_as(w.coordinator, case, reason)
    assert asks(w, alert) == TABLE[reason][["adult", "seen", "unseen"].index(whom)]


def test_each_reason_of_the_pack_is_decided():
    pack = yaml.safe_load((settings.BASE_DIR / "data" / "forms.yaml").read_text())
    assert {row["code"] for row in pack["closure_reasons"]} == {*TABLE}


def reached(w, alert, agency):
    with acting_as(w.coordinator):
        reach_desk(w.coordinator, alert.pk, agency.pk, at=timezone.now(), function="Cadre de permanence")


def test_desk_that_another_says_it_reached_by_phone_confirmed_nothing(w):
    for reason, expected in (("autonomy", BY_DAY), ("lost_contact", AT_ONCE)):
        alert = sent(w, VITAL, [w.home])
        case = opened(w.coordinator, alert)
        reached(w, alert, w.home)
        with acting_as(w.coordinator):
            move_case(w.coordinator, case.pk, "start_support")
        assert desks(alert)[w.home.name] == ("reached", False)
        closed_as(w.coordinator, case, reason)
        assert asks(w, alert) == expected


def test_one_account_silences_no_danger_to_life(w):
    """It opens the case, notes that the others were reached, and says that trafficking is not established."""
    alert = sent(w, VITAL, [w.home, w.helper.agency])
    case = opened(w.coordinator, alert)
    for agency in (w.home, w.helper.agency):
        reached(w, alert, agency)
    closed_as(w.coordinator, case, "not_established")
    assert [asks(w, alert, agency) for agency in (w.home, w.helper.agency)] == [BY_DAY, BY_DAY]


def test_of_two_that_stood_by_the_one_that_confirmed_is_asked_nothing(w):
    alert = sent(w, VITAL, [w.home, w.helper.agency])
    case = opened(w.coordinator, alert)
    with acting_as(w.coordinator):
        move_case(w.coordinator, case.pk, "start_support")
    confirmed(w, alert, w.coordinator, w.worker)
    reached(w, alert, w.helper.agency)
    supported_since(alert, case)
    closed_as(w.coordinator, case, "autonomy")
    assert [asks(w, alert, agency) for agency in (w.home, w.helper.agency)] == [NOBODY, BY_DAY]


def test_adult_for_whom_nothing_followed_is_asked_about_by_day(w):
    for state, expected in ((None, BY_DAY), ("sent", BY_DAY), ("accepted", NOBODY)):
        alert = sent(w, VITAL, [w.home])
        with as_role("nrm_owner"):  # `accept` is dated by the database: when this test began
            type(alert).objects.filter(pk=alert.pk).update(sent_at=timezone.now() - timedelta(hours=1))
        case = opened(w.coordinator, alert)
        if state:
            asked(w.coordinator, case, w.helper, state=state)
        confirmed(w, alert, w.coordinator, w.worker)
        closed_as(w.coordinator, case, "not_established")
        assert asks(w, alert) == expected, state


@pytest.mark.parametrize("reason", ["not_established", "autonomy"])
@pytest.mark.parametrize(("since", "expected"), [("0 s", BY_DAY), ("23 hours", BY_DAY), ("25 hours", NOBODY)])
def test_support_that_the_lead_began_within_the_day_of_its_own_closing_is_its_word_alone(w, reason, since, expected):
    """One account begins the support and closes: who stood by for an adult in danger to life is asked by day."""
    alert = sent(w, VITAL, [w.home])
    case = opened(w.coordinator, alert)
    confirmed(w, alert, w.coordinator, w.worker)
    with acting_as(w.coordinator):
        move_case(w.coordinator, case.pk, "start_support")
    supported_since(alert, case, since)
    closed_as(w.coordinator, case, reason)
    assert asks(w, alert) == expected


@pytest.mark.parametrize(("state", "expected"), [("accepted", NOBODY), ("in_progress", NOBODY), ("withdrawn", BY_DAY)])
def test_acceptance_that_was_taken_back_is_nothing_that_followed(w, state, expected):
    alert = sent(w, VITAL, [w.home])
    with as_role("nrm_owner"):
        type(alert).objects.filter(pk=alert.pk).update(sent_at=timezone.now() - timedelta(hours=1))
    case = opened(w.coordinator, alert)
    request = asked(w.coordinator, case, w.helper, state="accepted" if state == "withdrawn" else state)
    if state == "withdrawn":
        with acting_as(w.coordinator):
            orientations.revoke_orientation(w.coordinator, request.pk, reason="ended")
    confirmed(w, alert, w.coordinator, w.worker)
    closed_as(w.coordinator, case, "not_established")
    assert asks(w, alert) == expected


def test_service_that_was_asked_and_did_not_begin_saw_nobody(w):
    alert, case = stood_by(w, CHILD_IN_DANGER)
    asked(w.coordinator, case, w.crip, state="accepted")
    closed_as(w.coordinator, case, "autonomy")
    assert asks(w, alert) == BY_DAY


def test_association_that_helps_a_child_is_no_protection_by_mandate(w):
    alert, case = stood_by(w, CHILD_IN_DANGER)
    asked(w.coordinator, case, w.helper, state="in_progress")
    closed_as(w.coordinator, case, "autonomy")
    assert asks(w, alert) == BY_DAY


def test_protection_that_was_with_the_child_saw_it_and_one_that_only_acts_did_not(w):
    for code, expected in (("with_person", NOBODY), ("acting", BY_DAY)):
        alert = sent(w, CHILD_IN_DANGER, [w.home, w.crip.agency])
        case = opened(w.coordinator, alert)
        with acting_as(w.coordinator):
            move_case(w.coordinator, case.pk, "start_support")
        confirmed(w, alert, w.coordinator, w.worker)
        with acting_as(w.crip):
            inbox.declare(w.crip, alert.pk, what=code, words="Nous sommes sur place.")
            inbox.close_alert(w.crip, alert.pk, reason="followed")
        closed_as(w.coordinator, case, "autonomy")
        assert asks(w, alert) == expected, code


@pytest.mark.parametrize(
    ("told", "counted", "expected"), [(3, 3, BY_DAY), (3, 1, BY_DAY), (1, 2, BY_DAY), (1, 1, NOBODY)]
)
def test_protection_that_was_with_one_of_three_children_saw_not_all(w, told, counted, expected):
    """Which child it was with is not said: who stood by looks again, by day. `counted`: by the cases of the alert."""
    alert = sent(w, {**CHILD_IN_DANGER, "persons": told}, [w.home, w.crip.agency])
    cases = [opened(w.coordinator, alert)]
    if (told, counted) == (3, 1):  # a case for each child
        cases += [f.own_case(w.coordinator) for _ in range(2)]
    with as_role("nrm_owner"), acting_as(w.coordinator):
        type(alert).objects.filter(pk=alert.pk).update(persons=told)
        type(cases[0]).objects.filter(pk__in=[case.pk for case in cases]).update(persons=counted, age_side="minor")
        for case in cases[1:]:
            AlertLink.objects.create(alert=alert, case=case)
    confirmed(w, alert, w.coordinator, w.worker)
    with acting_as(w.crip):
        inbox.declare(w.crip, alert.pk, what="with_person", words="Nous sommes avec l'un d'eux.")
        inbox.close_alert(w.crip, alert.pk, reason="followed")
    for case in cases:
        closed_as(w.coordinator, case, "autonomy")
    assert asks(w, alert) == expected


def led_by_protection(w):
    """Return an alert about a child, and its case at the CRIP, which supports the child; the home has nothing to do."""
    alert = sent(w, CHILD_IN_DANGER, [w.home, w.crip.agency])
    case = opened(w.crip, alert)
    with acting_as(w.crip):
        move_case(w.crip, case.pk, "start_support")
    confirmed(w, alert, w.crip, w.worker)
    with acting_as(w.coordinator):
        inbox.confirm(w.coordinator, alert.pk)
    return alert, case


@pytest.mark.parametrize(("reason", "expected"), [("autonomy", BY_DAY), ("withdrawal", AT_ONCE)])
def test_child_protection_that_leads_is_not_its_own_witness(w, reason, expected):
    alert, case = led_by_protection(w)
    with acting_as(w.crip):
        inbox.declare(w.crip, alert.pk, what="with_person", words="Nous sommes sur place.")
    closed_as(w.crip, case, reason)
    assert asks(w, alert) == expected


def test_child_protection_that_leads_and_another_that_saw_the_child_are_two(w):
    alert, case = led_by_protection(w)
    asked(w.crip, case, f.member(f.agency(Kind.INTERIOR, name="Brigade d'essai")), state="in_progress")
    closed_as(w.crip, case, "autonomy")
    assert asks(w, alert) == NOBODY


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        (Kind.INTERIOR, {}, NOBODY),
        (Kind.INTERIOR, {"profile_id": "prefecture"}, BY_DAY),
        (Kind.INTERIOR, {"profile_id": "commissariat"}, NOBODY),
        (Kind.INTERIOR, {"profile_id": "pharos"}, BY_DAY),
        (Kind.INTERIOR, {"profile_id": "ssmsi"}, BY_DAY),
        (Kind.INTERIOR, {"profile_id": "dgef"}, BY_DAY),
        (Kind.CHILD_PROTECTION, {"profile_id": "france_enfance"}, BY_DAY),
        (Kind.CHILD_PROTECTION, {"profile_id": "departement_ase"}, NOBODY),
        (Kind.INTERIOR, {"office": "prefecture"}, BY_DAY),
        (Kind.JUSTICE, {}, BY_DAY),
        (Kind.JUSTICE, {"profile_id": "juge_enfants"}, NOBODY),
        (Kind.JUSTICE, {"profile_id": "civi"}, BY_DAY),
    ],
)
def test_service_that_sees_nobody_by_its_work_saw_no_child(w, kind, fields, expected):
    alert, case = stood_by(w, CHILD_IN_DANGER)
    asked(w.coordinator, case, f.member(f.agency(kind, name="Service d'essai", **fields)), state="in_progress")
    closed_as(w.coordinator, case, "autonomy")
    assert asks(w, alert) == expected


def prosecutor():
    services = ("prosecution", "child_care", "ad_hoc_administrator", "safe_housing")
    return f.member(f.agency(Kind.JUSTICE, name="Parquet d'essai", profile_id="parquet_mineurs", services=services))


@pytest.mark.parametrize("need", ["prosecution", "child_care"])
def test_prosecutor_that_received_a_report_saw_no_child(w, need):
    alert, case = stood_by(w, CHILD_IN_DANGER)
    asked(w.coordinator, case, prosecutor(), state="accepted", service=f.service(need))
    closed_as(w.coordinator, case, "autonomy")
    assert asks(w, alert) == BY_DAY


def test_prosecutor_that_names_an_administrator_saw_no_child(w):
    alert, case = stood_by(w, CHILD_IN_DANGER)
    asked(w.coordinator, case, prosecutor(), state="in_progress", service=f.service("ad_hoc_administrator"))
    closed_as(w.coordinator, case, "autonomy")
    assert asks(w, alert) == BY_DAY


def test_prosecutor_that_was_with_the_child_saw_it(w):
    court = prosecutor()
    alert = sent(w, CHILD_IN_DANGER, [w.home, court.agency])
    case = opened(w.coordinator, alert)
    with acting_as(w.coordinator):
        move_case(w.coordinator, case.pk, "start_support")
    confirmed(w, alert, w.coordinator, w.worker)
    with acting_as(court):
        inbox.declare(court, alert.pk, what="with_person", words="L'enfant est au tribunal.")
        inbox.close_alert(court, alert.pk, reason="followed")
    closed_as(w.coordinator, case, "autonomy")
    assert asks(w, alert) == NOBODY


@pytest.mark.parametrize("need", ["prosecution", "safe_housing"])
def test_report_to_a_prosecutor_is_nothing_that_followed_for_an_adult(w, need):
    """Whoever stood by for an adult in danger to life is asked by day: the prosecutor helps nobody."""
    alert = sent(w, VITAL, [w.home])
    with as_role("nrm_owner"):
        type(alert).objects.filter(pk=alert.pk).update(sent_at=timezone.now() - timedelta(hours=1))
    case = opened(w.coordinator, alert)
    asked(w.coordinator, case, prosecutor(), state="accepted", service=f.service(need))
    confirmed(w, alert, w.coordinator, w.worker)
    closed_as(w.coordinator, case, "not_established")
    assert asks(w, alert) == BY_DAY


def aged(table, where, key):
    """Let what was noted so be nine days old, older than the alert."""
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"UPDATE {table} SET at = at - interval '9 days' WHERE {where} = %s", [key])  # noqa: S608
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.parametrize(("before", "expected"), [(True, BY_DAY), (False, NOBODY)])
def test_protection_that_saw_the_child_before_the_alert_saw_nothing_of_it(w, before, expected):
    alert, case = stood_by(w, CHILD_IN_DANGER)
    request = asked(w.coordinator, case, w.crip, state="in_progress")
    if before:
        aged("referral_orientationmove", "orientation_id", request.pk)
    closed_as(w.coordinator, case, "autonomy")
    assert asks(w, alert) == expected


@pytest.mark.parametrize(("before", "expected"), [(True, BY_DAY), (False, NOBODY)])
def test_support_that_child_protection_began_before_the_alert_saw_nothing_of_it(w, before, expected):
    alert, case = stood_by(w, CHILD_IN_DANGER)
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE referral_casemove SET agency_id = %s, at = at - %s::interval WHERE case_id = %s"
            " AND action = 'start_support'",
            [w.crip.agency_id, "9 days" if before else "0 s", case.pk],
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
    closed_as(w.coordinator, case, "autonomy")
    assert asks(w, alert) == expected


@pytest.mark.parametrize(("reason", "expected"), [("autonomy", BY_DAY), ("lost_contact", AT_ONCE)])
def test_support_that_ends_well_after_a_merge_rings_nobody_at_night(w, reason, expected):
    """The case that was kept is not joined to the alert: its lead, told of the merge, has not read it."""
    alert, case = stood_by(w, VITAL)
    kept = f.own_case(w.worker)
    merged(w, case, kept)
    closed_as(w.worker, kept, reason)
    assert asks(w, alert) == expected


def test_other_person_who_is_not_closed_or_has_no_case_is_awaited(w):
    alert, case = stood_by(w, {**VITAL, "persons": 2})
    with as_role("nrm_owner"):
        type(case).objects.filter(pk=case.pk).update(persons=1)
    closed_as(w.coordinator, case, "autonomy")
    assert awaited(alert), "the second person has no case"


def test_nothing_is_merged_into_a_case_closed_before(w):
    """What was told since is of a child whose support had ended: it goes on in its own case."""
    alert, case = stood_by(w, CHILD_IN_DANGER)
    former = f.own_case(w.worker)
    with as_role("nrm_owner"), acting_as(w.worker):
        AlertLink.objects.create(alert=alert, case=former)
    asked(w.worker, former, w.crip, state="in_progress")
    closed_as(w.worker, former, "autonomy")
    with pytest.raises(WrongState):
        merged(w, case, former)
    closed_as(w.coordinator, case, "autonomy")
    assert awaited(alert), "who stood by looks again once it is closed"


def test_desk_whose_own_time_runs_is_not_stopped_by_a_closing(w):
    alert = sent(w, VITAL, [w.home])
    closed_as(w.coordinator, opened(w.coordinator, alert), "autonomy")
    assert awaited(alert) == {w.home.name}


def test_opened_again_the_case_waits_at_its_lead(w):
    alert, case = stood_by(w, VITAL)
    closed_as(w.coordinator, case, "autonomy")
    with acting_as(w.coordinator):
        move_case(w.coordinator, case.pk, "reopen")
    assert w.unit.name in awaited(alert)
