"""An alert that its author's agency keeps with the person's agreement waits for somebody: the author, then the
coordination of the place. One that the person refused goes nowhere."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.models import Kind, Role
from foundation.actor import SYSTEM, acting_as
from foundation.workflow import NotAllowed, WrongState
from notifications.models import Event
from referral.alerts.operations import kept
from referral.alerts.selectors import kept_waiting
from referral.inbox.operations.alerts import close_alert, redirect_alert
from referral.inbox.operations.reminders import remind_desks
from referral.models import Alert, AlertDesk, AlertMove
from tests import factories as f
from tests.referral.inbox.test_due import age, rows, run_due
from tests.referral.pages import Hand, text
from tests.roles import as_role

pytestmark = pytest.mark.django_db
KEPT = {"agreement": "yes", "recipients": [], "desks": []}


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    school = f.agency(Kind.EDUCATION, desk=False)
    unit = f.coordination()
    return {
        "national": f.national(),
        "unit": unit,
        "coord": f.member(unit, Role.COORDINATOR),
        "school": school,
        "nurse": f.member(school, Role.FRONTLINE),
        "colleague": f.member(school, Role.FRONTLINE),
        "worker": f.member(school),
    }


def state_of(alert) -> str:
    with as_role("nrm_owner"):
        return Alert.objects.get(pk=alert.pk).state


def test_agreed_alert_that_nobody_else_has_keeps_a_time_limit(world):
    alert = f.sent_alert(world["nurse"], **KEPT)
    row = rows()[world["school"].pk]
    assert row.due_at is not None, "an agreed alert that its author's agency keeps waits for nobody"
    assert 71 < (row.due_at - row.received_at).total_seconds() / 3600 < 73
    with acting_as(world["nurse"]):
        assert [found.pk for found in kept_waiting(world["nurse"])] == [alert.pk]
    for who in ("colleague", "coord"):
        with acting_as(world[who]):
            assert not kept_waiting(world[who])


def test_refused_alert_waits_for_nobody_and_goes_nowhere(world):
    f.sent_alert(world["nurse"], agreement="no")
    assert rows()[world["school"].pk].due_at is None
    with acting_as(world["nurse"]):
        assert not kept_waiting(world["nurse"])
    assert run_due() == 0


def test_author_and_colleagues_are_reminded_at_half_of_the_time(world):
    f.sent_alert(world["nurse"], **KEPT)
    with as_role("nrm_owner"):
        row = AlertDesk.objects.get()
        row.received_at -= (row.due_at - row.received_at) * 2
        row.save(update_fields=["received_at"])
    with as_role("nrm_worker"), acting_as(SYSTEM):
        assert remind_desks() == 1
    with as_role("nrm_owner"):
        told = Event.objects.get(kind="alert_reminder")
    assert sorted(told.audience) == ["author", "desk"]


def test_without_anything_the_coordination_of_the_place_has_it_at_the_end(world):
    alert = f.sent_alert(world["nurse"], **KEPT)
    age(AlertDesk, days=4)
    assert run_due() == 1
    assert rows()[world["unit"].pk].due_at is not None
    with as_role("nrm_owner"):
        assert Event.objects.filter(kind="alert_left", audience=["author"], subject_id=alert.pk).exists()
    with acting_as(world["nurse"]):
        assert not kept_waiting(world["nurse"])


def test_author_is_promised_no_moment_that_is_past(world):
    alert = f.sent_alert(world["nurse"], **KEPT)
    assert "Sans suite avant le" in text(Hand(world["nurse"]).get("alert-detail", alert.pk))
    with as_role("nrm_owner"):
        AlertMove.objects.filter(alert=alert).update(due_at=timezone.now() - timedelta(hours=1))
    for route in ("alert-detail", "alert-received"):
        page = text(Hand(world["nurse"]).get(route, alert.pk))
        assert "Sans suite avant le" not in page and "Elle aurait dû aller à la coordination du lieu le" in page, route
    assert "en retard" in page


def test_author_sends_it_to_the_coordination(world):
    alert = f.sent_alert(world["nurse"], **KEPT)
    with acting_as(world["nurse"]):
        kept.send_kept(world["nurse"], alert.pk)
        assert not kept_waiting(world["nurse"])
        with pytest.raises(WrongState):
            kept.send_kept(world["nurse"], alert.pk)
    found = rows()
    assert found[world["unit"].pk].due_at is not None
    assert not found[world["school"].pk].live


def test_author_closes_it_with_a_reason(world):
    alert = f.sent_alert(world["nurse"], **KEPT)
    with acting_as(world["nurse"]):
        kept.finish_kept(world["nurse"], alert.pk, reason="changed_mind")
    assert state_of(alert) == "closed"
    assert rows()[world["school"].pk].due_at is None


def test_only_its_author_does_and_only_while_it_is_kept(world):
    alert, sent = f.sent_alert(world["nurse"], **KEPT), f.sent_alert(world["nurse"])
    refused = f.sent_alert(world["nurse"], agreement="no")
    with acting_as(world["worker"]), pytest.raises(NotAllowed):
        kept.send_kept(world["worker"], alert.pk)
    for other in (sent, refused):
        with acting_as(world["nurse"]):
            with pytest.raises(WrongState):
                kept.send_kept(world["nurse"], other.pk)
            with pytest.raises(WrongState):
                kept.finish_kept(world["nurse"], other.pk, reason="helped_here")


def test_colleague_who_follows_cases_closes_it_or_sends_it_on(world):
    closed, sent = (f.sent_alert(world["worker"], **KEPT) for _ in range(2))
    with acting_as(world["worker"]):
        close_alert(world["worker"], closed.pk, reason="followed")
        redirect_alert(world["worker"], sent.pk, [world["unit"].pk], reason="competence")
    assert state_of(closed) == "closed"
    assert rows()[world["unit"].pk].due_at is not None


def test_opening_the_case_answers_it(world):
    shelter = f.shelter()
    worker = f.member(shelter)
    case = f.own_case(worker)
    assert case.lead_id == shelter.pk
    row = rows()[shelter.pk]
    assert (row.answer, row.due_at, row.answer_by) == ("case", None, None)


def test_coordination_alone_with_a_child_has_a_time_limit(world):
    """A unit that writes it itself, where no protection desk works, was awaited by nobody."""
    f.sent_alert(world["coord"], minor="yes")
    assert rows()[world["unit"].pk].due_at is not None


def test_page_says_until_when_and_offers_both_ways(world):
    alert = f.sent_alert(world["nurse"], **KEPT)
    hand = Hand(world["nurse"])
    assert "coordination" in hand.get("alert-received", alert.pk).content.decode()
    home = hand.client.get("/").content.decode()
    assert "mes-signalements/?a-traiter=1" in home
    page = hand.get("alert-detail", alert.pk).content.decode()
    assert f"/mes-signalements/{alert.pk}/transmettre/" in page
    empty = hand.post("alert-finish", alert.pk)
    assert empty.status_code == 200
    assert "Dites pourquoi" in empty.content.decode()
    assert hand.post("alert-address", alert.pk).status_code == 302
    assert f"/mes-signalements/{alert.pk}/transmettre/" not in hand.get("alert-detail", alert.pk).content.decode()
    assert hand.post("alert-address", alert.pk).status_code == 409


def test_company_reads_no_promise_that_nobody_keeps(world):
    boss = f.member(f.agency(Kind.EMPLOYER, desk=False), Role.FRONTLINE)
    alert = f.sent_alert(boss, **KEPT)
    page = Hand(boss).get("alert-received", alert.pk).content.decode()
    assert "la lit" not in page
