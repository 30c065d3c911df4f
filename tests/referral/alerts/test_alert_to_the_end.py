"""An alert from its sending to its end: who took it, what its author adds, joining, and what a witness reads."""

from copy import deepcopy

import pytest
from django.test import Client

from agencies.models import Kind, Membership, Role
from foundation.actor import acting_as
from journal.models import Entry
from notifications.models import Notice
from referral.alerts.operations import additions, alerts
from referral.inbox.operations import alerts as alerts_operations
from referral.inbox.operations.alerts import close_alert, declare, open_alert
from referral.models import AlertAddition, AlertDesk, AlertMove
from tests import factories as f
from tests.notifications.post import fan_out
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.models import Case

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    unit, shelter = f.coordination(name="Coordination d'essai"), f.shelter(name="Foyer d'essai")
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    return {
        "unit": unit,
        "shelter": shelter,
        "coord": f.member(unit, Role.COORDINATOR),
        "worker": f.member(shelter),
        "nurse": nurse,
        "colleague": f.member(nurse.agency, Role.FRONTLINE),
        "stranger": f.member(f.shelter()),
    }


def told(member) -> set[str]:
    fan_out()
    with as_role("nrm_owner"):
        return set(Notice.objects.filter(membership=member, channel="app").values_list("kind", flat=True))


def test_the_first_to_take_it_tells_the_others(world):
    alert = f.sent_alert(world["nurse"], desks=[world["shelter"].pk])
    with acting_as(world["worker"]):
        alerts.open_case(world["worker"], alert.pk)
    assert "alert_taken" in told(world["coord"])
    assert "alert_taken" not in told(world["worker"])
    assert {"alert_acted"} <= told(world["nurse"])
    with acting_as(world["coord"]):
        row = AlertDesk.objects.get()
        assert (row.taken_by_id, row.answer, row.due_at is None) == (world["shelter"].pk, "", False)
    hand = Hand(world["coord"])
    assert "a ouvert un dossier" in text(hand.get("inbox-alert", alert.pk))
    inbox = text(hand.get("alert-inbox"))  # it waits until something follows
    assert "Foyer d'essai l'a prise en charge" in inbox and "elle reste ici tant que rien n'a suivi" in inbox
    assert "À traiter par votre service" not in inbox
    with acting_as(world["worker"]):
        declare(world["worker"], alert.pk, what="acting", words="Nous l'accueillons ce soir.")
    assert "alert_taken_up" in told(world["nurse"])
    assert "alert_acting" in told(world["coord"])
    handled = text(hand.get("alert-inbox", query="?view=handled"))
    assert "Foyer d'essai l'a prise en charge" in handled and "rien n'a suivi" not in handled
    assert "Nous l'accueillons ce soir." in text(hand.get("inbox-alert", alert.pk))
    # near miss: closed by one desk is said otherwise
    other = f.sent_alert(world["nurse"], desks=[world["shelter"].pk])
    with acting_as(world["coord"]):
        close_alert(world["coord"], other.pk, reason="other_help")
    assert "alert_closed_elsewhere" in told(world["worker"])
    assert "l'a classée de son côté" in text(Hand(world["worker"]).get("inbox-alert", other.pk))


def test_what_the_author_adds_reaches_the_desks_then_the_lead(world):
    alert, hand = f.sent_alert(world["nurse"], desks=[world["shelter"].pk]), Hand(world["nurse"])
    empty = hand.post("alert-add", alert.pk, text=" ")
    assert empty.status_code == 200
    assert "Écrivez ce que vous voulez ajouter." in text(empty)
    long = hand.post("alert-add", alert.pk, text="x" * 2001)
    assert "x" * 2001 in text(long)  # what was typed stays
    assert hand.post("alert-add", alert.pk, text="MARQUEUR-AJOUT").status_code == 302
    assert "MARQUEUR-AJOUT" in text(hand.get("alert-detail", alert.pk))
    assert "MARQUEUR-AJOUT" in text(Hand(world["worker"]).get("inbox-alert", alert.pk))
    assert "alert_addition" in told(world["worker"])
    for who in ("colleague", "stranger"):
        assert Hand(world[who]).post("alert-add", alert.pk, text="x").status_code == 404
        with acting_as(world[who]):
            assert AlertAddition.objects.count() == 0
    with acting_as(world["coord"]):
        case = alerts.open_case(world["coord"], alert.pk)
    lead = f.member(f.shelter())  # never a desk of the alert
    f.orientation(world["coord"], case, lead.agency, state="accepted", answerer=lead, verb="transfer", level=3)
    summary = f.member(f.shelter())
    f.orientation(lead, case, summary.agency, state="accepted", answerer=summary, level=2)
    with acting_as(world["nurse"]):
        additions.add_to_alert(world["nurse"], alert.pk, "MARQUEUR-SUITE")
    assert "case_addition" in told(lead)
    assert "MARQUEUR-SUITE" in text(Hand(lead).get("case-alerts", case.pk))
    assert Hand(summary).get("case-alerts", case.pk).status_code == 404  # a summary holds no story
    with acting_as(summary):
        assert AlertAddition.objects.count() == 0


def test_joined_to_a_case_chosen_among_those_one_leads(world):
    mine = f.case(world["coord"], author=world["nurse"])
    far = f.case(world["coord"], author=world["nurse"])
    lead = f.member(f.shelter())
    f.orientation(world["coord"], far, lead.agency, state="accepted", answerer=lead, verb="transfer", level=3)
    alert, hand = f.sent_alert(world["nurse"]), Hand(world["coord"])
    page = text(hand.get("inbox-alert", alert.pk))
    assert f'value="{mine.reference}"' in page
    assert f'value="{far.reference}"' not in page  # seen, and no longer led
    for data in ({}, {"case": far.reference}, {"reference": far.reference}, {"reference": "ZZZZ-ZZZZ"}):
        refused = hand.post("alert-join", alert.pk, **data)
        assert refused.status_code == 200
        assert 'id="erreurs"' in text(refused)
    assert hand.post("alert-join", alert.pk, case=mine.reference).status_code == 302
    assert text(hand.get("case-alerts", mine.pk)).count("rattachée le") == 2


def test_the_author_reads_each_step_in_words_to_the_end(world):
    alert, hand = f.sent_alert(world["nurse"]), Hand(world["nurse"])
    with acting_as(world["coord"]):
        open_alert(world["coord"], alert.pk)
    assert "Lue" in text(hand.get("alert-detail", alert.pk))
    with acting_as(world["coord"]):
        case = alerts.open_case(world["coord"], alert.pk)
    assert "Un dossier est ouvert" in text(hand.get("alert-detail", alert.pk))
    with as_role("nrm_owner"):
        Case.objects.filter(pk=case.pk).update(status="closed", closure_reason="exit")
    assert "Votre alerte a été suivie jusqu'au bout." in text(hand.get("alert-detail", alert.pk))
    assert "alert_case_moved" in told(world["nurse"])


def test_a_danger_to_life_shows_the_numbers_first_while_it_waits(world):
    vital, plain = f.sent_alert(world["nurse"], danger="yes"), f.sent_alert(world["nurse"])
    hand = Hand(world["coord"])
    page = text(hand.get("inbox-alert", vital.pk)).split("<main")[1]
    assert page.index('href="tel:17"') < page.index("Situation")
    assert 'class="rp-emergency"' not in text(hand.get("inbox-alert", plain.pk)).split("<main")[1].split("</main>")[0]
    with acting_as(world["coord"]):
        alerts.open_case(world["coord"], vital.pk)
    assert 'class="rp-emergency"' in text(hand.get("inbox-alert", vital.pk)).split("<main")[1].split("</main>")[0]
    with acting_as(world["coord"]):
        declare(world["coord"], vital.pk, what="with_person", words="La patrouille est sur place.")
    assert 'class="rp-emergency"' not in text(hand.get("inbox-alert", vital.pk)).split("<main")[1].split("</main>")[0]


def test_where_she_is_and_whom_to_call_stand_above_every_act(world):
    facts = {"danger": "yes", "minor": "yes", "where": "Hôtel du Port, chambre 12", "callback": "06 12 34 56 78"}
    with as_role("nrm_owner"):
        Membership.objects.filter(pk=world["nurse"].pk).update(title="Infirmière scolaire")
    alert = f.sent_alert(world["nurse"], **facts)
    page = text(Hand(world["coord"]).get("inbox-alert", alert.pk)).split("<main")[1]
    acts = page.index("<form")
    for first in ('href="tel:119"', "Hôtel du Port, chambre 12", 'href="tel:0612345678"', "Infirmière scolaire"):
        assert page.index(first) < acts, first
    plain = f.sent_alert(world["nurse"])
    page = text(Hand(world["coord"]).get("inbox-alert", plain.pk)).split("<main")[1]
    assert page.index("MARQUEUR-RECIT") < page.index("<form")  # facts before acts on every alert


def test_a_unit_sends_on_in_the_place_of_a_silent_desk_and_nobody_else_does(world):
    alert, third = f.sent_alert(world["nurse"], desks=[world["shelter"].pk]), f.shelter(name="Foyer relais")
    with acting_as(world["coord"]):
        alerts_operations.readdress_alert(world["coord"], alert.pk, third.pk, instead_of=world["shelter"].pk)
    assert "alert_passed_on" in told(world["worker"])
    with acting_as(world["worker"]):
        assert AlertMove.objects.filter(action="readdress").count() == 1  # keeps the steps
    page = text(Hand(world["nurse"]).get("alert-detail", alert.pk))
    assert "la coordination l'a confiée à un autre service" in page
    assert "Foyer relais" in page


def test_the_page_of_a_witness_keeps_nothing(world):
    with as_role("nrm_owner"):
        before = Entry.objects.count()
    client = Client()
    answer = client.get("/temoin/")
    page = text(answer)
    assert answer.status_code == 200
    for words in ('href="tel:17"', 'href="tel:119"', "Ce qui aide", "Ce qu'il faut éviter", "n'enregistre rien"):
        assert words in page, words
    assert not client.cookies
    main = page.split("<main")[1].split("</main>")[0]
    assert [tag for tag in ("<form", "<input", "<textarea", "<script") if tag in main] == []
    with as_role("nrm_owner"):
        assert Entry.objects.count() == before
