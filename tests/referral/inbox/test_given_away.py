"""What a service sent on: it finds it again, reads to whom, and whether it is answered; nothing more of the alert."""

import re
from copy import deepcopy
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from agencies.models import Agency, Kind, Membership, Role
from foundation.actor import acting_as
from referral.alerts.display import addressees
from referral.inbox import display
from referral.inbox.operations.alerts import declare, open_alert, redirect_alert
from referral.models import AlertMove
from tests import factories as f
from tests.costs import assert_same_cost
from tests.referral.pages import Hand, text
from tests.roles import as_role

pytestmark = pytest.mark.django_db
WAITING = "Réadressées, sans réponse"


def part(page: str, title: str) -> str:
    """The section under this title; empty without it."""
    found = re.search(rf"<section[^>]*>\s*<h2[^>]*>{title}.*?</section>", page, re.DOTALL)
    return found[0] if found else ""


def older(hours: float) -> None:
    """As if everything had been sent that much earlier."""
    by = timedelta(hours=hours)
    with as_role("nrm_owner"):
        AlertMove.objects.update(at=F("at") - by)
        AlertMove.objects.filter(due_at__isnull=False).update(due_at=F("due_at") - by)


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    unit, brigade = f.coordination(name="Coordination d'essai"), f.shelter(name="Brigade d'essai")
    return {
        "unit": unit,
        "brigade": brigade,
        "coord": f.member(unit, Role.COORDINATOR),
        "far": f.member(f.coordination(territories=("13",)), Role.COORDINATOR),
        "officer": f.member(brigade),
        "nurse": f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE),
    }


def given(world, **answers):
    alert = f.sent_alert(world["nurse"], desks=[world["unit"].pk], **answers)
    with acting_as(world["coord"]):
        redirect_alert(world["coord"], alert.pk, [world["brigade"].pk], reason="competence")
    return alert


def test_who_sent_an_alert_on_finds_it_in_a_list_of_its_own(world):
    plain, vital = given(world), given(world, danger="yes")
    hand = Hand(world["coord"])
    assert plain.reference not in text(hand.get("alert-inbox"))
    page = text(hand.get("alert-inbox", query="?view=handled"))
    waiting = part(page, WAITING)
    assert waiting.index(vital.reference) < waiting.index(plain.reference), "danger to life first"
    assert "Brigade d'essai" in waiting and "pas de réponse" in waiting
    assert "MARQUEUR-RECIT" not in page
    for query in ("?view=handled&state=redirected", "?view=handled&state=redirected&urgency=vital"):
        page = text(hand.get("alert-inbox", query=query))
        assert vital.reference in page and (plain.reference in page) == ("urgency" not in query), query
        assert "Brigade d'essai" in page and "votre service ne lit plus" in page
    # once answered it waits no more, whatever the alert became, and is found by the filter
    with acting_as(world["officer"]):
        open_alert(world["officer"], vital.pk)
    assert vital.reference in part(text(hand.get("alert-inbox", query="?view=handled")), WAITING), "read, not answered"
    with acting_as(world["officer"]):
        declare(world["officer"], vital.pk, what="acting", words="MARQUEUR-DIT")
    waiting = part(text(hand.get("alert-inbox", query="?view=handled")), WAITING)
    assert vital.reference not in waiting and plain.reference in waiting
    page = text(hand.get("alert-inbox", query="?view=handled&state=redirected"))
    assert vital.reference in page and "intervient" in page and "MARQUEUR-DIT" not in page


def test_nobody_else_finds_it_there(world):
    alert = given(world, danger="yes")
    for who in ("far", "officer"):
        for query in ("?view=handled", "?view=handled&state=redirected"):
            assert alert.reference not in text(Hand(world[who]).get("alert-inbox", query=query)), who
    assert alert.reference in text(Hand(world["officer"]).get("alert-inbox"))
    colleague = f.member(world["unit"], Role.COORDINATOR)
    for route, query in (("alert-inbox", "?view=handled"), ("silent-desks", "")):
        assert alert.reference in text(Hand(colleague).get(route, query=query)), route
    with as_role("nrm_owner"):  # came since: what was sent on before waits for nobody here
        Membership.objects.filter(pk=colleague.pk).update(cases_from=timezone.now())
    for route, query in (("alert-inbox", "?view=handled"), ("silent-desks", "")):
        assert alert.reference not in text(Hand(colleague).get(route, query=query)), route


def test_a_danger_to_life_sent_on_is_watched_at_once(world):
    plain, vital = given(world), given(world, danger="yes")
    hand = Hand(world["coord"])
    page = text(hand.get("silent-desks"))
    assert vital.reference in page and "Brigade d'essai" in page, "within ten minutes too"
    assert plain.reference not in page  # 72 h: half of them have not passed
    assert "Aucune réponse n'est en retard" not in page
    home = text(hand.client.get("/"))
    assert """Services qui n'ont pas répondu</a></h3><p class="fr-tile__start fr-h3">1</p>""" in home
    older(35)
    assert plain.reference not in text(hand.get("silent-desks"))
    older(2)
    assert plain.reference in text(hand.get("silent-desks"))
    assert vital.reference not in text(Hand(world["far"]).get("silent-desks"))
    with acting_as(world["officer"]):
        declare(world["officer"], vital.pk, what="with_person", words="MARQUEUR-DIT")
    page = text(hand.get("silent-desks"))
    assert vital.reference not in page and plain.reference in page


def test_what_came_back_is_no_longer_given(world):
    alert = given(world, danger="yes")
    with acting_as(world["officer"]):
        redirect_alert(world["officer"], alert.pk, [world["unit"].pk], reason="competence")
    hand = Hand(world["coord"])
    assert alert.reference in text(hand.get("alert-inbox"))
    assert alert.reference not in text(hand.get("alert-inbox", query="?view=handled&state=redirected"))
    assert alert.reference not in text(hand.get("silent-desks"))


def test_the_oldest_silence_is_not_hidden_by_what_came_after_or_was_answered(world, monkeypatch):
    """A list that ends after so many showed the newest, and counted what was answered among them."""
    monkeypatch.setattr(display, "MOST_GIVEN", 2)
    monkeypatch.setattr(display, "GIVEN_AT_ONCE", 1, raising=False)
    answered, oldest, second, newest = given(world, minor="yes"), given(world), given(world), given(world)
    with acting_as(world["officer"]):
        declare(world["officer"], answered.pk, what="acting", words="MARQUEUR-DIT")
    with acting_as(world["coord"]):
        found = [row.reference for row in display.given_unanswered(world["coord"])]
    assert found == [oldest.reference, second.reference]
    waiting = part(text(Hand(world["coord"]).get("alert-inbox", query="?view=handled")), WAITING)
    assert oldest.reference in waiting and newest.reference not in waiting
    vital = given(world, danger="yes")
    with acting_as(world["coord"]):
        found = [row.reference for row in display.given_unanswered(world["coord"])]
    assert found == [vital.reference, oldest.reference], "danger to life first"


def test_their_number_asks_nothing_more(world):
    hand = Hand(world["coord"])
    assert_same_cost(
        lambda: given(world, danger="yes"),
        lambda: hand.get("alert-inbox", query="?view=handled"),
        lambda: hand.get("alert-inbox", query="?view=handled&state=redirected"),
        lambda: hand.get("silent-desks"),
        at_most=40,
    )


def test_who_has_it_again_is_not_said_to_have_sent_it_on(world):
    """The coordination had sent it on, and got it back: its author and the others went on reading « a transmis »."""
    alert = given(world)
    with acting_as(world["officer"]):
        redirect_alert(world["officer"], alert.pk, [world["unit"].pk], reason="competence")
    with acting_as(world["coord"]):
        moves = list(alert.moves.select_related("agency").order_by("at", "id"))
    did = {line["pk"]: line["did"] for line in addressees(moves)}
    assert did == {world["unit"].pk: "", world["brigade"].pk: "redirect"}


def test_who_was_reached_by_phone_and_has_it_again_is_awaited():
    """The clock of a service told again runs: « joint par téléphone » left it out of those to be called."""
    home, unit = Agency(pk=1, name="Foyer"), Agency(pk=2, name="Coordination")
    steps = [("send", unit, [1, 2]), ("reach", unit, [1]), ("redirect", unit, [1])]
    moves = [
        AlertMove(action=action, agency=by, to_agencies=to, at=timezone.now() + timedelta(minutes=n))
        for n, (action, by, to) in enumerate(steps)
    ]
    did = {line["pk"]: line["did"] for line in addressees(moves, {1: home.name, 2: unit.name})}
    assert did == {1: "", 2: "redirect"}
    assert addressees(moves[:2], {1: home.name, 2: unit.name})[0]["did"] == "reach"
