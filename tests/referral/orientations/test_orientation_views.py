"""Orientations in pages: send, answer, follow; and every refusal beside it."""

import re
import uuid
from copy import deepcopy
from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.models import Kind, Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from foundation.workflow import NotAllowed
from journal.models import Entry
from referral.desk.display import home as own_space
from referral.models import Orientation, OrientationDesk, OrientationMove
from referral.orientations.operations import orientations, overdue
from referral.orientations.selectors.sheets import sheets
from tests import factories as f
from tests.costs import assert_same_cost
from tests.referral.orientations.requests import NEED, make_world, sent
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.models import Assignment, Case, CaseAccess

HIDDEN = "Votre service ne voit pas le contenu de cette demande"
pytestmark = pytest.mark.django_db


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    return make_world()


def test_the_addressee_reads_the_frozen_sheet_and_no_case_id(world):
    w, hand = world, Hand(world["shelter"])
    made = sent(w, level=3)
    answers = [hand.get("orientation-detail", made.pk), hand.get("orientation-received")]
    for answer in answers:
        assert answer.status_code == 200
        assert str(w["case"].pk) not in text(answer) and w["case"].reference not in text(answer)
    page = text(answers[0])
    assert "MARQUEUR-RECIT" not in page and "s'ouvrira à votre service dès qu'il accepte la demande" in page
    assert Hand(w["other"]).get("orientation-detail", made.pk).status_code == 404
    assert Hand(w["front"]).get("orientation-detail", made.pk).status_code == 403
    with acting_as(w["shelter"]):
        assert Orientation.objects.get().state == "opened"
    with as_role("nrm_owner"):
        assert Entry.objects.filter(action="orientation.read", membership_id=w["shelter"].pk).count() == 1
    followed = text(Hand(w["coord"]).get("orientation-detail", made.pk))
    assert "lue le" in followed and "Retirer cette demande" in followed


def test_accept_opens_the_case_once(world):
    w, hand = world, Hand(world["shelter"])
    made = sent(w, level=3)
    assert hand.post("orientation-accept", made.pk).status_code == 302
    page = text(hand.get("orientation-detail", made.pk))
    assert f"/dossiers/{w['case'].pk}/" in page
    assert "se lit dans le dossier" in page and "dès qu'il accepte" not in page, "told to accept what it accepted"
    assert hand.get("case-detail", w["case"].pk).status_code == 200
    again = hand.post("orientation-accept", made.pk)
    assert again.status_code == 409 and "Acceptée" in text(again) and made.reference in text(again)
    assert Hand(w["coord"]).post("orientation-accept", made.pk).status_code == 403
    assert Hand(w["other"]).post("orientation-accept", made.pk).status_code == 404
    assert hand.get("orientation-accept", made.pk).url.endswith(f"/orientations/{made.pk}/")


def test_accepting_makes_request_and_case_ones_own(world):
    w, hand = world, Hand(world["shelter"])
    made = sent(w)
    hand.post("orientation-accept", made.pk)
    page = text(hand.get("orientation-detail", made.pk))
    assert "Personne ne s'en charge encore" not in page and f"{w['shelter'].user.full_name} s'en charge" in page
    mine = text(hand.get("work-list", "mes-dossiers"))
    assert w["case"].reference in mine and made.reference not in mine
    with acting_as(w["shelter"]):
        assert [row.membership_id for row in Assignment.objects.filter(case=w["case"])] == [w["shelter"].pk]


def test_accepting_leaves_the_colleague_who_is_in_charge(world):
    w, hand = world, Hand(world["shelter"])
    mate, made = f.member(w["shelter"].agency), sent(w)
    hand.post("orientation-charge", made.pk, member=mate.pk)
    hand.post("orientation-accept", made.pk)
    assert f"{mate.user.full_name} s'en charge" in text(hand.get("orientation-detail", made.pk))
    with acting_as(mate):
        assert [row.membership_id for row in Assignment.objects.filter(case=w["case"])] == [mate.pk]


def test_program_that_accepts_is_in_charge_of_nothing(world):
    w = world
    made, program = sent(w), f.program(w["shelter"].agency)
    with acting_as(program):
        orientations.accept_orientation(program, made.pk)
        assert OrientationDesk.objects.get(orientation=made).in_charge is None
        assert not Assignment.objects.filter(case=w["case"]).exists()


def test_support_is_declared_once_by_the_agency_that_leads(world):
    w, hand = world, Hand(world["shelter"])
    handed = sent(w, verb="transfer", state="accepted", answerer=w["shelter"])
    hand.post("orientation-start", handed.pk)
    with acting_as(w["shelter"]):
        assert Orientation.objects.get(pk=handed.pk).state == "in_progress"
        assert Case.objects.get(pk=w["case"].pk).status == "in_support"
    assert "Quand votre service commence" not in text(hand.get("case-detail", w["case"].pk))
    assert hand.post("case-life", w["case"].pk, act="start_support").status_code == 409


def test_page_of_the_case_sends_its_lead_to_its_own_request_to_declare_support(world):
    w, hand = world, Hand(world["shelter"])
    handed = sent(w, verb="transfer", state="accepted", answerer=w["shelter"])
    page = text(hand.get("case-life", w["case"].pk))
    assert f'/orientations/{handed.pk}/">Ouvrir la demande' in page and 'value="start_support"' not in page
    hand.post("orientation-start", handed.pk)
    assert "Ouvrir la demande" not in text(hand.get("case-life", w["case"].pk))


def test_service_that_helps_does_not_move_the_case_of_its_lead(world):
    w, hand = world, Hand(world["shelter"])
    helped = sent(w, state="accepted", answerer=w["shelter"])
    assert hand.post("orientation-start", helped.pk).status_code == 302
    with acting_as(w["coord"]):
        assert Case.objects.get(pk=w["case"].pk).status == "open"


def test_decline_needs_a_reason_of_the_list(world):
    w, hand = world, Hand(world["shelter"])
    made = sent(w)
    wrong = text(hand.post("orientation-decline", made.pk, reason="because", comment="MOT " * 200))
    assert "Choisissez le motif" in wrong and "500 caractères au plus" in wrong and "MOT MOT" in wrong
    assert hand.post("orientation-decline", made.pk, reason="no_place", comment="UN-MOT").status_code == 302
    assert hand.get("case-detail", w["case"].pk).status_code == 404
    page = text(hand.get("orientation-detail", made.pk))
    assert HIDDEN in page and "Pas de place" in page
    assert "UN-MOT" in text(Hand(w["coord"]).get("orientation-detail", made.pk))
    assert made.reference in text(hand.get("orientation-received", query="?view=ended"))
    assert hand.post("orientation-accept", made.pk).status_code in (403, 409)


def test_carried_to_its_end(world):
    w, hand = world, Hand(world["shelter"])
    made = sent(w, state="accepted", answerer=w["shelter"])
    assert made.reference in text(hand.get("orientation-received", query="?view=current"))
    assert hand.post("orientation-complete", made.pk, reason="services").status_code == 409  # out of order
    assert hand.post("orientation-start", made.pk).status_code == 302
    assert "ce qui a été obtenu" in text(hand.post("orientation-complete", made.pk))
    assert hand.post("orientation-complete", made.pk, reason="services").status_code == 302
    assert hand.get("case-detail", w["case"].pk).status_code == 404
    assert "Réalisée" in text(Hand(w["coord"]).get("orientation-detail", made.pk))


def test_withdrawn_by_its_sender_alone(world):
    w = world
    made = sent(w)
    assert Hand(w["shelter"]).post("orientation-withdraw", made.pk).status_code == 403
    assert Hand(w["other"]).post("orientation-withdraw", made.pk).status_code == 404
    assert Hand(w["coord"]).post("orientation-withdraw", made.pk).status_code == 302
    assert "Votre service ne voit pas le contenu de cette demande" in text(
        Hand(w["shelter"]).get("orientation-detail", made.pk)
    )


def test_a_draft_given_up_is_not_said_to_have_been_sent(world):
    w, hand = world, Hand(world["coord"])
    consent = f.consent(w["coord"], w["case"], agencies=[w["shelter"].agency_id])
    assert hand.post("orientation-withdraw", sent(w, state="draft", consent=consent).pk).status_code == 302
    page = text(hand.get("case-detail", w["case"].pk))
    assert "Brouillon abandonné. Rien n'a été envoyé." in page and "Le destinataire ne voit plus rien" not in page
    assert hand.post("orientation-withdraw", sent(w).pk).status_code == 302
    assert "Le destinataire ne voit plus rien" in text(hand.get("case-detail", w["case"].pk))


def test_after_a_transfer_the_sender_follows_and_reads_no_content(world):
    w, hand = world, Hand(world["coord"])
    made = sent(w, verb="transfer", level=3, state="accepted", answerer=w["shelter"])
    page = text(hand.get("orientation-detail", made.pk))
    assert "Acceptée" in page and HIDDEN in page
    assert f"/dossiers/{w['case'].pk}/" not in page
    assert made.reference in text(hand.get("orientation-sent"))


def test_an_agreement_withdrawn_before_sending_is_said(world):
    w, hand = world, Hand(world["coord"])
    consent = f.consent(w["coord"], w["case"], agencies=[w["shelter"].agency_id])
    draft = sent(w, state="draft", consent=consent)
    hand.post("consent-withdraw", consent.pk)
    assert hand.post("orientation-preview", draft.pk).status_code == 409
    with acting_as(w["shelter"]):
        assert not OrientationMove.objects.exists()


def test_an_agreement_that_ran_out_stops_the_sending_in_words(world):
    w, hand = world, Hand(world["coord"])
    consent = f.consent(w["coord"], w["case"], agencies=[w["shelter"].agency_id])
    draft = sent(w, state="draft", consent=consent)
    with as_role("nrm_owner"):
        type(consent).objects.filter(pk=consent.pk).update(until=timezone.now() - timedelta(hours=1))
    page = text(hand.get("orientation-preview", draft.pk))
    assert "Cet accord a pris fin" in page and "Envoyer à" not in page, "a button that can only fail is not offered"
    answer = hand.post("orientation-preview", draft.pk)
    assert answer.status_code == 200 and "Cet accord a pris fin" in text(answer)
    with acting_as(w["coord"]):
        assert Orientation.objects.get().state == "draft"


def test_a_desk_told_of_a_silence_looks_after_it_and_does_not_answer(world):
    """Escalated: the watching unit reads the sheet and sees no button; its answer is refused."""
    w = world
    made = sent(w)
    with as_role("nrm_owner"):
        silent = w["shelter"].agency.memberships.get(kind="system")
    with acting_as(silent):
        overdue.overdue_orientation(silent, made.pk)
    with as_role("nrm_owner"):
        told = OrientationDesk.objects.get(orientation=made, answers=False).agency
    watcher = Hand(f.member(told, Role.COORDINATOR))
    assert "à surveiller" in text(watcher.get("orientation-received", query="?view=current"))
    page = text(watcher.get("orientation-detail", made.pk))
    assert (
        "Pas de réponse dans le délai" in page.replace("\u00a0", " ")
        and "Également prévenu" in page
        and "/accepter/" not in page
    )
    assert watcher.post("orientation-accept", made.pk).status_code == 403
    assert Hand(w["shelter"]).post("orientation-accept", made.pk).status_code == 302


def test_nobody_else_reads_a_sheet(world):
    w = world
    made = sent(w)
    with acting_as(w["coord"]):
        assert set(sheets(w["coord"], made)) == {"summary"}
    with acting_as(w["shelter"]):
        assert set(sheets(w["shelter"], made)) == {"summary"}
    with acting_as(w["other"]):
        assert sheets(w["other"], made) == {}
        with pytest.raises(NotFound):
            orientations.visible(w["other"], made.pk)


def test_same_number_of_queries_at_two_sizes(world):
    w = world
    sender, receiver = Hand(w["coord"]), Hand(w["shelter"])

    def ask():
        f.orientation(w["coord"], f.case(w["coord"], author=w["nurse"]), w["shelter"].agency)

    def choose():
        f.shelter(territories=("75", "13"))
        f.consent(w["coord"], w["case"])

    assert_same_cost(
        ask, lambda: sender.get("orientation-sent"), lambda: receiver.get("orientation-received"), at_most=40
    )
    assert_same_cost(choose, lambda: sender.get("orientation-new", w["case"].pk, query=NEED), at_most=60)
    with acting_as(w["shelter"]):
        assert not CaseAccess.objects.exists()


def test_a_danger_to_life_is_named_first_also_while_its_sender_is_to_answer(world):
    now = timezone.now()
    nobody = uuid.uuid4()
    asked = {"urgency": "vital", "answer_by": now + timedelta(hours=2), "state": "question", "orientation_id": nobody}
    ours = {"urgency": "normal", "answer_by": now + timedelta(hours=1), "state": "sent"}
    theirs = {**ours, "state": "question", "answer_by": now, "orientation_id": nobody}
    for rows, first in (([ours, asked], asked), ([theirs, ours], ours), ([theirs], theirs)):
        with acting_as(world["shelter"]):
            box = own_space._waiting("Demandes", "referral:orientation-received", rows, "La plus pressante")
        assert box["due"] is first


# -- what is said and done beside the answer ---------------------------------------------------------------------------
def test_a_question_and_its_answer_by_the_pages(world):
    w, home, coord = world, Hand(world["shelter"]), Hand(world["coord"])
    made = sent(w)
    empty = home.post("orientation-ask", made.pk, **{"ask-words": " "})
    assert empty.status_code == 200 and "Écrivez votre message." in text(empty)
    long = home.post("orientation-ask", made.pk, **{"ask-words": "x" * 2001})
    assert "raccourcissez" in text(long) and "x" * 2001 in text(long)
    turn = "pour que l'expéditeur réponde à votre question"
    assert turn not in text(home.get("orientation-received"))
    assert home.post("orientation-ask", made.pk, **{"ask-words": "Parle-t-elle roumain ?"}).status_code == 302
    assert turn in text(home.get("orientation-received")), "the time left is not ours"
    to_reply = "Questions posées sur vos demandes, à vous de répondre"
    waits = [box for box in coord.client.get("/").context["waits"] if box["label"] == to_reply]
    assert [box["count"] for box in waits] == [1] and made.reference in text(coord.client.get(waits[0]["href"]))
    assert to_reply not in text(home.client.get("/")), "near miss: who asked has nothing to answer"
    first_page = text(home.client.get("/"))
    assert "Demandes reçues, ni acceptées ni refusées" in first_page
    assert re.search(r"Son délai pour répondre : <span[^>]*>Ordinaire</span>", first_page)
    assert "Premier délai à expirer" not in first_page, "nothing of theirs is pressing here"
    # near miss: another request waits for this desk, so that it is the one named
    f.orientation(w["coord"], f.case(w["coord"], author=w["nurse"]), w["shelter"].agency)
    first_page = text(home.client.get("/"))
    assert "Premier délai à expirer" in first_page and "Votre question attend" not in first_page
    page = text(coord.get("orientation-detail", made.pk))
    assert "Une question vous attend" in page and "Parle-t-elle roumain ?" in page
    for mine in (page, text(coord.get("case-detail", w["case"].pk))):
        assert "Une question vous est posée" in mine and "Question posée à l'expéditeur" not in mine
    assert Hand(w["other"]).post("orientation-answer", made.pk, **{"answer-words": "Oui."}).status_code == 404
    assert home.post("orientation-answer", made.pk, **{"answer-words": "Oui."}).status_code == 403
    assert coord.post("orientation-answer", made.pk, **{"answer-words": "Oui, un peu."}).status_code == 302
    assert coord.post("orientation-answer", made.pk, **{"answer-words": "Encore."}).status_code == 409
    assert to_reply not in text(coord.client.get("/"))
    assert turn not in text(home.get("orientation-received"))
    # near miss: a second question stops nothing, and the time left stays ours
    assert home.post("orientation-ask", made.pk, **{"ask-words": "Et anglais ?"}).status_code == 302
    assert turn not in text(home.get("orientation-received"))
    assert coord.post("orientation-answer", made.pk, **{"answer-words": "Non."}).status_code == 302
    page = text(home.get("orientation-detail", made.pk))
    assert "Oui, un peu." in page and "Parle-t-elle roumain ?" in page
    home.post("orientation-message", made.pk, **{"message-words": "Une place lundi."})
    assert "Une place lundi." in text(coord.get("orientation-detail", made.pk))
    home.post("orientation-decline", made.pk, reason="no_place")
    gone = text(home.get("orientation-detail", made.pk))
    assert "Oui, un peu." not in gone and "Une place lundi." not in gone
    assert home.post("orientation-message", made.pk, **{"message-words": "Pardon."}).status_code == 409


def test_refused_with_a_suggestion_and_asked_elsewhere_in_two_posts(world):
    w, home, coord = world, Hand(world["shelter"]), Hand(world["coord"])
    made = sent(w)
    wrong = home.post("orientation-decline", made.pk, reason="no_place", suggestion=w["coord"].agency_id)
    assert "Choisissez un service de la liste, ou aucun." in text(wrong)  # the sender is no suggestion
    home.post("orientation-decline", made.pk, reason="no_place", suggestion=w["other"].agency_id)
    page = text(coord.get("orientation-detail", made.pk))
    assert "Suggéré par le service qui a refusé" in page and str(w["other"].agency) in page
    assert Hand(w["other"]).get("orientation-detail", made.pk).status_code == 404  # told nothing of it
    assert home.post("orientation-reroute", made.pk, addressee=w["other"].agency_id).status_code == 403
    drafted = coord.post("orientation-reroute", made.pk, addressee=w["other"].agency_id)
    with acting_as(w["coord"]):
        onward = Orientation.objects.get(rerouted_from=made.pk)
    assert drafted.url.endswith(f"/orientations/{onward.pk}/apercu/")
    assert (onward.verb, onward.level, onward.consent_id) == (made.verb, made.level, made.consent_id)
    assert coord.post("orientation-preview", onward.pk).status_code == 302
    assert onward.reference in text(coord.get("orientation-detail", made.pk))
    assert "la demande précédente" in text(coord.get("orientation-detail", onward.pk))
    assert coord.post("orientation-reroute", onward.pk, addressee=w["shelter"].agency_id).status_code == 409


def test_who_takes_charge_shows_in_the_list(world):
    w, home = world, Hand(world["shelter"])
    made = sent(w)
    assert "Personne pour l'instant" in text(home.get("orientation-received"))
    home.post("orientation-charge", made.pk, act="mine")
    assert w["shelter"].user.full_name in text(home.get("orientation-received"))
    strange = home.post("orientation-charge", made.pk, member=w["coord"].pk)
    assert strange.status_code == 302
    assert w["shelter"].user.full_name in text(home.get("orientation-received"))
    assert Hand(w["coord"]).post("orientation-charge", made.pk, act="mine").status_code == 404


def test_the_lead_ends_an_access_by_the_page(world):
    w, coord = world, Hand(world["coord"])
    made = f.orientation(w["coord"], w["case"], w["shelter"].agency, state="accepted", answerer=w["shelter"])
    said = coord.post("orientation-revoke", made.pk)
    assert said.status_code == 200 and "Dites pourquoi vous mettez fin" in text(said)
    assert Hand(w["shelter"]).post("orientation-revoke", made.pk, **{"revoke-reason": "person"}).status_code == 403
    assert coord.post("orientation-revoke", made.pk, **{"revoke-reason": "person"}).status_code == 302
    page = text(coord.get("orientation-detail", made.pk))
    assert "La personne le demande" in page and "/mettre-fin/" not in page
    with acting_as(w["shelter"]):
        assert not CaseAccess.objects.exists()
    assert coord.post("orientation-revoke", made.pk, **{"revoke-reason": "person"}).status_code == 409


def test_a_move_is_offered_by_its_button_with_what_it_asks(world):
    made = sent(world)
    page = text(Hand(world["coord"]).get("orientation-detail", made.pk))
    assert f"/orientations/{made.pk}/retirer/" in page and "Confirmer" in page and "revoke-reason" not in page
    Hand(world["shelter"]).post("orientation-accept", made.pk)
    page = text(Hand(world["coord"]).get("orientation-detail", made.pk))
    assert f"/orientations/{made.pk}/mettre-fin/" in page and f"{made.addressee} perd aussitôt" in page
    assert page.count('name="revoke-reason"') == 5


def test_prosecutor_acknowledges_a_report_and_never_refuses_it(world):
    """Code de procédure pénale, article 40: only another prosecutor may have jurisdiction."""
    w = world
    desk = Hand(f.member(f.agency(Kind.JUSTICE, services=("prosecution",), profile_id="parquet")))
    court = Hand(f.member(f.agency(Kind.JUSTICE, services=("prosecution",))))
    child = f.case(w["coord"], minor="yes", agreement="not_asked", recipients=[])
    told = {"service": f.service("prosecution"), "consent": None, "legal_ground": "child_in_danger"}
    made = f.orientation(w["coord"], child, desk.member.agency, **told)
    page = text(desk.get("orientation-detail", made.pk))
    assert "Accuser réception" in page and ">Accepter<" not in page and ">Refuser<" not in page
    assert "Demander des précisions" in page and 'value="insufficient_info"' not in page
    assert page.count('name="reason"') == 1 and "Ou : un autre parquet est compétent" in page
    assert 'value="out_of_scope"' in page and "Pourquoi ?" not in page, "one reason is no question"
    assert "Le service qui signale reste chef de file" in page and "le vôtre intervient" not in page
    assert desk.post("orientation-decline", made.pk, reason="insufficient_info").status_code == 200
    with acting_as(desk.member):
        for reason in ("insufficient_info", "other", "no_consent"):
            with pytest.raises(NotAllowed):
                orientations.decline_orientation(desk.member, made.pk, reason=reason)
        assert Orientation.objects.get(pk=made.pk).state == "opened"
    assert desk.post("orientation-decline", made.pk, reason="out_of_scope").status_code == 302
    assert "Un autre parquet est compétent" in text(Hand(w["coord"]).get("orientation-detail", made.pk))
    # a court of the same kind that is no prosecutor's office declines as before
    other = f.orientation(w["coord"], child, court.member.agency, **told)
    assert 'value="insufficient_info"' in text(court.get("orientation-detail", other.pk))
