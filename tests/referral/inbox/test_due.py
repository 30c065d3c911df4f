"""Silence is told by the clock: each due row is one operation, as the silent desk's system membership."""

import uuid
from copy import deepcopy
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from agencies.models import Agency, Desk, Kind, Role
from foundation.actor import SYSTEM, acting_as
from notifications.models import Event, Notice
from referral import tasks
from referral.alerts.operations import alerts
from referral.api import selectors
from referral.desk import filters as desk_filters
from referral.inbox.operations.alerts import close_alert, declare, open_alert
from referral.models import (
    Alert,
    AlertContact,
    AlertContent,
    AlertDesk,
    AlertMove,
    AlertOffence,
    Orientation,
    OrientationDesk,
)
from referral.orientations.operations import orientations
from referral.tasks import due, forget
from tests import factories as f
from tests.notifications.post import fan_out
from tests.roles import as_role
from victims.models import Departure

pytestmark = pytest.mark.django_db


def run_due() -> int:
    with as_role("nrm_worker"):
        return due()


def age(model, **by):
    """Make every waiting row due: as if that much time had passed."""
    with as_role("nrm_owner"):
        for row in model.objects.filter(live=True, due_at__isnull=False):
            row.due_at -= timedelta(**by)
            row.answer_by -= timedelta(**by)
            row.save(update_fields=["due_at", "answer_by"])


def found_late(member, code) -> list[str]:
    """References in one of its work lists, narrowed to what is past its time."""
    with acting_as(member):
        return [row.reference for row in desk_filters.LISTS[code].filtered(member, "late=true").qs]


def events(kind):
    with as_role("nrm_owner"):
        return list(Event.objects.filter(kind=kind).values_list("agencies", flat=True))


def rows(model=AlertDesk):
    with as_role("nrm_owner"):
        return {row.agency_id: row for row in model.objects.all()}


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    national, unit, second = f.national(), f.coordination(), f.shelter()
    with as_role("nrm_owner"):
        Desk.objects.filter(pk=unit.pk).update(second=second.pk)
    return {
        "national": national,
        "unit": unit,
        "second": second,
        "coord": f.member(unit, Role.COORDINATOR),
        "nurse": f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE),
    }


def test_nothing_is_due_before_its_time(world):
    f.sent_alert(world["nurse"])
    age(AlertDesk, hours=71)
    assert run_due() == 0
    age(AlertDesk, hours=2)
    assert run_due() == 1
    assert run_due() == 0  # its own clock was pushed


def test_an_ordinary_alert_goes_to_the_second_desk_then_the_national_one(world):
    alert = f.sent_alert(world["nurse"])
    assert set(rows()) == {world["unit"].pk}
    assert found_late(world["coord"], "inbox") == []
    age(AlertDesk, hours=73)
    run_due()
    assert set(rows()) == {world["unit"].pk, world["second"].pk}
    # told to another service, it is no less late for the one that did not answer; the other has its own time
    assert found_late(world["coord"], "inbox") == [alert.reference]
    assert found_late(f.member(world["second"]), "inbox") == []
    age(AlertDesk, hours=73)
    run_due()
    assert set(rows()) == {world["unit"].pk, world["second"].pk, world["national"].pk}
    # nobody new is left: it is told again and never forgotten
    age(AlertDesk, hours=73)
    assert run_due() == 3
    with as_role("nrm_owner"):
        assert Alert.objects.get().state == "sent"
        assert all(move.before == move.after for move in AlertMove.objects.filter(action="escalate"))
    assert len(events("alert_escalated")) >= 3
    # the first desk may still act
    with acting_as(world["coord"]):
        close_alert(world["coord"], alert.pk, reason="other")
    assert all(row.due_at is None for row in rows().values())


def test_a_vital_alert_rings_at_ten_then_every_twenty_minutes(world):
    now = timezone.now()
    alert = f.sent_alert(world["nurse"], danger="yes")
    first = rows()[world["unit"].pk]
    assert (first.urgency, round((first.due_at - now).total_seconds() / 60)) == ("vital", 10)
    age(AlertDesk, minutes=11)
    run_due()
    told = rows()
    assert set(told) == {world["unit"].pk, world["second"].pk}
    assert {round((row.due_at - timezone.now()).total_seconds() / 60) for row in told.values()} == {10}
    age(AlertDesk, minutes=11)
    run_due()
    assert world["national"].pk in rows()
    # opened is not answered: the moment at which another service is told stays
    before = rows()[world["unit"].pk].due_at
    with acting_as(world["coord"]):
        open_alert(world["coord"], alert.pk)
    assert rows()[world["unit"].pk].due_at == before
    age(AlertDesk, minutes=25)
    assert run_due() >= 1
    with acting_as(world["coord"]):
        alerts.open_case(world["coord"], alert.pk)
    # a case opened and nothing else: every desk is still rung, the opener too
    age(AlertDesk, minutes=60)
    assert run_due() == 3
    told = rows()
    assert (told[world["unit"].pk].answer, told[world["second"].pk].answer) == ("case", "")
    # each acts for itself; when all do, nothing rings
    for member in (world["coord"], f.member(world["second"]), f.member(world["national"])):
        with acting_as(member):
            declare(member, alert.pk, what="acting", words="Une équipe part.")
    assert all(row.due_at is None for row in rows().values())
    assert run_due() == 0


def test_desk_added_by_an_escalation_is_told_once_when_the_worker_was_late(world):
    """Nobody was notified yet when the alert is escalated: the event of the sending is not for the second desk."""
    told = f.member(world["second"])
    alert = f.sent_alert(world["nurse"])
    age(AlertDesk, hours=80)
    assert run_due() == 1
    fan_out()
    with as_role("nrm_owner"):
        kinds = Notice.objects.filter(membership=told, subject_id=alert.pk, channel="app").values_list(
            "kind", flat=True
        )
        assert list(kinds) == ["alert_escalated"]


@pytest.mark.parametrize("hours", [-1, 1])
def test_clock_of_the_worker_s_host_moves_no_escalation(world, hours):
    """What is due, and the next desk's time, is told by the database: hosts of web and workers may differ."""
    alert, waiting = (f.sent_alert(world["nurse"], danger="yes") for _ in range(2))
    with as_role("nrm_owner"):
        AlertDesk.objects.filter(alert=alert).update(due_at=timezone.now())
        AlertDesk.objects.filter(alert=waiting).update(due_at=timezone.now() + timedelta(minutes=30))
    now = timezone.now()
    with time_machine.travel(now + timedelta(hours=hours), tick=True):
        assert run_due() == 1
    with as_role("nrm_owner"):
        told = AlertDesk.objects.get(alert=alert, agency=world["second"])
    assert round((told.due_at - now).total_seconds() / 60) == 10
    assert run_due() == 0


def test_reachable_until_shortens_the_clock(world):
    now = timezone.now()
    for hours, expected in ((10, 8), (200, 72)):
        alert = f.sent_alert(world["nurse"], reachable_until=(now + timedelta(hours=hours)).isoformat())
        with as_role("nrm_owner"):
            row = AlertDesk.objects.get(alert=alert)
        assert round((row.due_at - now).total_seconds() / 3600) == expected, hours


def test_refused_and_kept_by_the_author_s_agency_does_not_ring(world):
    keeper = f.member(f.shelter())
    f.sent_alert(keeper, agreement="no", recipients=[])
    row = rows()[keeper.agency_id]
    assert (row.live, row.due_at) == (True, None)


def test_an_orientation_is_escalated_then_expires(world):
    case = f.case(world["coord"], author=world["nurse"])
    answerer = f.member(f.shelter())
    made = f.orientation(world["coord"], case, answerer.agency)
    age(OrientationDesk, hours=73)
    assert run_due() == 1
    told = rows(OrientationDesk)
    assert set(told) == {answerer.agency_id, world["national"].pk}
    assert (told[world["national"].pk].answers, told[world["national"].pk].due_at) == (False, None)
    assert found_late(answerer, "received") == [made.reference]
    watcher = f.member(world["national"], Role.COORDINATOR)
    with acting_as(watcher):  # it looks after it and does not answer in the addressee's place
        assert orientations.actions(watcher, Orientation.objects.get()) == []
    with acting_as(answerer):
        assert "accept" in orientations.actions(answerer, Orientation.objects.get())
    age(OrientationDesk, hours=73)
    assert run_due() == 1
    with acting_as(answerer):
        assert Orientation.objects.get(pk=made.pk).state == "expired"
        assert orientations.actions(answerer, Orientation.objects.get()) == []
    assert not any(row.live for row in rows(OrientationDesk).values())
    assert run_due() == 0


def test_the_application_has_no_due_work(world):
    """The same task under the application's role finds nothing, whatever it says it is."""
    f.sent_alert(world["nurse"])
    age(AlertDesk, hours=100)
    with acting_as(SYSTEM):
        assert not AlertDesk.objects.exists()
    assert due() == 0


def test_drafts_are_forgotten_after_28_days_and_nothing_else(world):
    old, young, sent = f.draft(world["nurse"]), f.draft(world["nurse"]), f.sent_alert(world["nurse"])
    with as_role("nrm_owner"):
        for alert, days in ((old, 29), (young, 27), (sent, 400)):
            Alert.objects.filter(pk=alert.pk).update(saved_at=timezone.now() - timedelta(days=days))
    with as_role("nrm_worker"):
        assert forget() == 1
    with as_role("nrm_owner"):
        assert set(Alert.objects.values_list("pk", flat=True)) == {young.pk, sent.pk}
        assert set(AlertContent.objects.values_list("alert_id", flat=True)) == {young.pk, sent.pk}


def test_departures_are_kept_longer_than_a_copy_may_be_continued(world):
    assert timedelta(days=selectors.LIFE) < Departure.KEPT
    with as_role("nrm_owner"):
        for days in (91, 89):
            at = timezone.now() - timedelta(days=days)
            Departure.objects.create(agency=world["nurse"].agency, noun="case", thing=uuid.uuid4(), changed_at=at)
    with as_role("nrm_worker"):
        forget()
    with as_role("nrm_owner"):
        assert [(timezone.now() - row.changed_at).days for row in Departure.objects.all()] == [89]


@pytest.mark.parametrize("whose", ["own", "controller"])
def test_forgetting_deletes_contact_and_number_of_a_draft(world, whose):
    """A number that may be the exploiter's stands in a table of its own: its foreign key held every old draft."""
    plain, old = f.draft(world["nurse"]), f.draft(world["nurse"])
    with acting_as(world["nurse"]):
        contact = {"channel": "phone", "value": "0600000000", "whose": whose}
        alerts.save_draft(world["nurse"], old.pk, {}, step=3, contact=contact)
    with as_role("nrm_owner"):
        assert AlertContact.objects.filter(alert=old).exists()
        assert AlertOffence.objects.filter(alert=old).exists() is (whose == "controller")
        Alert.objects.filter(pk__in=[plain.pk, old.pk]).update(saved_at=timezone.now() - timedelta(days=29))
    with as_role("nrm_worker"):
        assert forget() == 2
    with as_role("nrm_owner"):
        left = [m.objects.filter(pk__in=[plain.pk, old.pk]) for m in (Alert, AlertContent, AlertContact, AlertOffence)]
        assert not any(rows.exists() for rows in left)


def test_draft_that_cannot_be_forgotten_keeps_no_other(world, monkeypatch, caplog):
    first, second = f.draft(world["nurse"]), f.draft(world["nurse"])
    with as_role("nrm_owner"):
        Alert.objects.update(saved_at=timezone.now() - timedelta(days=29))
    really = tasks._forget_draft

    def forget_draft(pk):
        if pk == first.pk:
            raise RuntimeError("MARQUEUR-ERREUR")
        return really(pk)

    monkeypatch.setattr(tasks, "_forget_draft", forget_draft)
    with as_role("nrm_worker"):
        assert forget() == 1
    with as_role("nrm_owner"):
        assert list(Alert.objects.values_list("pk", flat=True)) == [first.pk]
    assert (str(first.pk) in caplog.text, "MARQUEUR-ERREUR" in caplog.text) == (True, False)
    assert second.pk != first.pk


def test_row_that_raises_stops_no_other_escalation(world, caplog):
    """The national unit is switched off: an alert that needs it raises at each pass, first in the row."""
    stuck = f.sent_alert(world["nurse"])
    age(AlertDesk, hours=73)
    assert run_due() == 1
    age(AlertDesk, hours=200)
    with as_role("nrm_owner"):
        Agency.objects.filter(pk=world["national"].pk).update(active=False)
    others = [f.sent_alert(world["nurse"], danger="yes"), f.sent_alert(world["nurse"])]
    age(AlertDesk, hours=73)
    assert run_due() == 2
    assert all(desks_of(other) == {world["unit"].pk, world["second"].pk} for other in others)
    assert str(stuck.pk) in caplog.text
    with as_role("nrm_owner"):  # it is tried again: nothing was lost
        Agency.objects.filter(pk=world["national"].pk).update(active=True)
    assert run_due() == 2
    assert world["national"].pk in desks_of(stuck)


def desks_of(alert) -> set[int]:
    with as_role("nrm_owner"):
        return set(AlertDesk.objects.filter(alert=alert).values_list("agency", flat=True))


def test_danger_to_life_is_escalated_before_what_waits_longer(world, monkeypatch):
    ordinary, vital = f.sent_alert(world["nurse"]), f.sent_alert(world["nurse"], danger="yes")
    age(AlertDesk, hours=73)
    order = []
    monkeypatch.setattr(tasks, "escalate_alert", lambda member, pk: order.append(pk))
    with as_role("nrm_owner"):
        AlertDesk.objects.filter(alert=ordinary).update(due_at=timezone.now() - timedelta(days=9))
    run_due()
    assert order == [vital.pk, ordinary.pk]


def test_reminders_that_fail_stop_no_escalation(world, monkeypatch):
    f.sent_alert(world["nurse"])
    age(AlertDesk, hours=73)

    def fails():
        raise RuntimeError("on purpose")

    monkeypatch.setattr(tasks, "remind_desks", fails)
    with as_role("nrm_worker"), pytest.raises(RuntimeError, match="on purpose"):
        due()
    assert set(rows()) == {world["unit"].pk, world["second"].pk}


def test_desks_are_reminded_once_at_half_of_the_time(world):
    """24 h: at 12 h; not before, not twice, not for what was answered, not for a danger to life."""
    alert = f.sent_alert(world["nurse"], minor="yes")
    vital = f.sent_alert(world["nurse"], danger="yes")
    case = f.case(world["coord"], author=world["nurse"])
    made = f.orientation(world["coord"], case, f.shelter())

    def earlier(**by):
        with as_role("nrm_owner"):
            for model in (AlertDesk, OrientationDesk):
                for row in model.objects.filter(live=True, due_at__isnull=False).exclude(urgency="vital"):
                    row.due_at -= timedelta(**by)
                    row.received_at -= timedelta(**by)
                    row.save(update_fields=["due_at", "received_at"])

    earlier(hours=11)
    run_due()
    assert events("alert_reminder") == events("orientation_reminder") == []
    earlier(hours=2)
    run_due()
    run_due()
    assert events("alert_reminder") == [[world["unit"].pk]]
    assert events("orientation_reminder") == []  # 72 h: half is 36
    earlier(hours=8)
    with acting_as(world["coord"]):
        close_alert(world["coord"], alert.pk, reason="other")
    earlier(hours=16)
    run_due()
    assert events("orientation_reminder") == [[made.addressee_id]]
    assert events("alert_reminder") == [[world["unit"].pk]]
    with as_role("nrm_owner"):
        reminded = Event.objects.filter(kind__endswith="reminder")
        assert not reminded.filter(subject_id=vital.pk).exists()
        assert set(reminded.values_list("subject_id", flat=True)) == {alert.pk, made.pk}
