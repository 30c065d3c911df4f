"""Orientations in pages: compose with the least chosen, preview, send, answer, follow; and every refusal beside it."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Category, Desk, Kind, Role
from foundation.actor import acting_as
from foundation.errors import NotFound
from journal.models import Entry
from referral.models import Orientation, OrientationDesk, OrientationMove
from referral.orientations.operations import orientations
from referral.routing.selectors import ranking
from tests import factories as f
from tests.costs import assert_same_cost
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.models import Case, CaseAccess

pytestmark = pytest.mark.django_db
NEED = "?service=safe_housing"


@pytest.fixture
def world(db):
    f.national()
    unit, shelter = f.coordination(), f.shelter()
    coord = f.member(unit, Role.COORDINATOR)
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    return {
        "nurse": nurse,
        "coord": coord,
        "shelter": f.member(shelter),
        "other": f.member(f.shelter()),
        "front": f.member(shelter, Role.FRONTLINE),
        "case": f.case(coord, author=nurse),
    }


def composed(w, **fields):
    """What the compose page posts when one presses a service's button."""
    with acting_as(w["coord"]):
        consent = w["case"].consents.first()
    return {
        "service": "safe_housing",
        "verb": "refer",
        "basis": f"consent:{consent.pk}",
        "level": "2",
        "addressee": w["shelter"].agency_id,
        **fields,
    }


def sent(w, **fields):
    return f.orientation(w["coord"], w["case"], w["shelter"].agency, **fields)


def test_from_need_to_sent(world):
    w, hand = world, Hand(world["coord"])
    page = text(hand.get("orientation-new", w["case"].pk))
    assert 'href="?service=safe_housing"' in page
    page = text(hand.get("orientation-new", w["case"].pk, query=NEED))
    inputs = re.findall(r"<input[^>]*checked[^>]*>", page)
    checked = {re.search(r'name="(\w+)"(?: value="([^"]*)")?', tag).groups("on") for tag in inputs}
    # the least, and the only ground there is; no category
    chosen = {name: value.partition(":")[0] for name, value in checked}
    assert chosen == {"verb": "refer", "level": "2", "basis": "consent", "exclusive": "on"}
    drafted = hand.post("orientation-new", w["case"].pk, query=NEED, **composed(w))
    with acting_as(w["coord"]):
        draft = Orientation.objects.get()
    assert drafted.url.endswith(f"/orientations/{draft.pk}/apercu/") and draft.state == "draft"
    preview = text(hand.get("orientation-preview", draft.pk))
    assert "Rien d'autre." in preview and "MARQUEUR-RECIT" not in preview
    assert Hand(w["shelter"]).get("orientation-detail", draft.pk).status_code == 404
    assert hand.post("orientation-preview", draft.pk).url.endswith(f"/orientations/{draft.pk}/")
    assert hand.post("orientation-preview", draft.pk).status_code == 409
    assert draft.reference in text(hand.get("orientation-sent"))
    assert draft.reference in text(Hand(w["shelter"]).get("orientation-received"))
    assert draft.reference not in text(Hand(w["other"]).get("orientation-received"))


def test_pressed_twice_it_is_one_draft(world):
    w, hand = world, Hand(world["coord"])
    first = hand.post("orientation-new", w["case"].pk, query=NEED, **composed(w))
    second = hand.post("orientation-new", w["case"].pk, query=NEED, **composed(w, verb="transfer"))
    assert first.url == second.url
    with acting_as(w["coord"]):
        assert Orientation.objects.get().verb == "transfer"


def test_every_wrong_answer_is_said_and_the_right_ones_kept(world):
    w, hand = world, Hand(world["coord"])
    wrong = hand.post("orientation-new", w["case"].pk, service="safe_housing", addressee="x", verb="give", level="9")
    assert wrong.status_code == 200
    for sentence in ("orientez ou transférez", "un accord de la personne ou un fondement légal", "parmi les réponses"):
        assert sentence in text(wrong)
    # Enter in a field presses the first button, which names no service
    none = hand.post("orientation-new", w["case"].pk, **composed(w, addressee=""))
    assert "avec son propre bouton" in text(none)
    far = hand.post("orientation-new", w["case"].pk, **composed(w, categories=[int(Category.IDENTITY)], level="3"))
    assert "ne couvre pas" in text(far)
    assert 'value="3" id="id_level_1"' in text(far) and re.search(r'value="1"[^>]*checked', text(far))
    unknown = hand.post("orientation-new", w["case"].pk, service="nonsense")
    assert "Choisissez un besoin de la liste" in text(unknown)
    child_only = hand.post("orientation-new", w["case"].pk, **composed(w, basis="ground:child_in_danger"))
    assert child_only.status_code == 200
    police_only = hand.post("orientation-new", w["case"].pk, **composed(w, basis="ground:article_40"))
    assert police_only.status_code == 200  # no duty of the sender's: not among its grounds
    with acting_as(w["coord"]):
        assert not Orientation.objects.exists()


WHY = "Menace de mort reçue ce matin devant son hébergement."


def test_another_order_and_a_change_keep_what_was_chosen(world):
    w, hand = world, Hand(world["coord"])
    ground = composed(w, basis="ground:vital_danger", level="3", categories=["2"], legal_reason=WHY)
    short = {**ground, "legal_reason": "court", "order": "far", "addressee": ""}
    page = text(hand.post("orientation-new", w["case"].pk, query=NEED + "&sort=far", **short))
    assert "à corriger" not in page and "court</textarea>" in page  # nothing is judged before a service is chosen
    assert re.search(r'value="far"[^>]*aria-current="true"', page)
    assert re.search(r'name="level" value="3"[^>]*checked', page)
    assert re.search(r'name="categories" value="2"[^>]*checked', page)

    draft = hand.post("orientation-new", w["case"].pk, query=NEED, **ground).url.split("/")[2]
    preview = text(hand.get("orientation-preview", draft))
    assert f"?service=safe_housing&draft={draft}" in preview
    changed = text(hand.get("orientation-new", w["case"].pk, query=f"{NEED}&draft={draft}"))
    for name, kept in (("basis", "ground:vital_danger"), ("level", "3")):
        assert re.search(rf'name="{name}" value="{kept}"[^>]*checked', changed)
    assert WHY in changed and re.search(r'name="categories" value="2"[^>]*checked', changed)

    # near misses: no key at all, a request that has left, a draft that is not there
    other = f.orientation(w["coord"], w["case"], w["other"].agency, legal_ground="vital_danger", level=3)
    for key in ("x", str(other.pk), "00000000-0000-4000-8000-000000000000"):
        least = text(hand.get("orientation-new", w["case"].pk, query=f"{NEED}&draft={key}"))
        assert WHY not in least and re.search(r'name="level" value="2"[^>]*checked', least)


def test_a_page_where_nobody_can_take_the_person_says_what_to_do(world):
    w, hand = world, Hand(world["coord"])
    assert "Aucun de ces services" not in text(hand.get("orientation-new", w["case"].pk, query=NEED))
    with as_role("nrm_owner"):
        Desk.objects.update(takes_adults=False)
    page = text(hand.get("orientation-new", w["case"].pk, query=NEED))
    assert "Aucun de ces services" in page and "Voir l'aperçu" not in page


def beside(page, name) -> dict[str, str]:
    """value: the hint under this choice."""
    rows = re.findall(rf'name="{name}" value="([^"]*)".*?<label[^>]*>[^<]*(?:<span[^>]*>([^<]*))?', page)
    return dict(rows)


def test_what_each_agreement_covers_is_said_before_the_choice(world):
    """Beside each agreement, each category and each service; and the refusal stays for who chooses otherwise."""
    w, hand = world, Hand(world["coord"])
    with as_role("nrm_owner"):
        w["case"].consents.all().delete()
    none = text(hand.get("orientation-new", w["case"].pk, query=NEED))
    nobody = "Aucun accord ne le couvre : seulement sur un fondement légal."
    assert beside(none, "categories") == dict.fromkeys(("1", "2", "4", "8", "16"), "")
    assert "Nommé par aucun accord" not in none  # there is none, and grounds alone to choose: said once, above
    identity = f.consent(w["coord"], w["case"], agencies=[w["shelter"].agency_id], kinds=[], categories=3)
    one = text(hand.get("orientation-new", w["case"].pk, query=NEED))
    covered = {"1": "Couvert par l'accord.", "2": "Couvert par l'accord."}
    assert beside(one, "categories") == covered | dict.fromkeys(("4", "8", "16"), nobody)
    said = beside(one, "basis")[f"consent:{identity.pk}"]
    assert said == "Ne couvre pas : santé, infractions, séjour."
    assert one.count("Nommé par aucun accord") == 1  # the other shelter
    f.consent(w["coord"], w["case"], agencies=[w["other"].agency_id], kinds=[], categories=1 | 4, level=2)
    two = beside(text(hand.get("orientation-new", w["case"].pk, query=NEED)), "categories")
    assert two["1"] == "Couvert par chacun des accords."
    assert two["4"].startswith("Couvert seulement par l'accord du ")
    assert two["8"] == nobody
    refused = hand.post("orientation-new", w["case"].pk, **composed(w, basis=f"consent:{identity.pk}", categories=[4]))
    assert refused.status_code == 200 and "ne couvre pas" in text(refused)
    allowed = hand.post("orientation-new", w["case"].pk, **composed(w, basis=f"consent:{identity.pk}", categories=[1]))
    assert allowed.status_code == 302


def test_services_an_agreement_names_are_offered_first(world):
    w, hand = world, Hand(world["coord"])
    for named in (w["shelter"], w["other"]):  # whatever else ranks
        with as_role("nrm_owner"):
            w["case"].consents.all().delete()
        f.consent(w["coord"], w["case"], agencies=[named.agency_id], kinds=[], categories=0)
        page = text(hand.get("orientation-new", w["case"].pk, query=NEED))
        assert re.findall(r'name="addressee" value="(\d+)"', page)[0] == str(named.agency_id)


def test_a_childs_own_word_covers_nothing(world):
    """Beside an agreement by who speaks for the child, which covers."""
    w, hand = world, Hand(world["coord"])
    f.consent(w["coord"], w["case"], agencies=[w["shelter"].agency_id], kinds=[], categories=1)
    with as_role("nrm_owner"):
        Case.objects.filter(pk=w["case"].pk).update(age_side="minor")
    page = text(hand.get("orientation-new", w["case"].pk, query=NEED))
    assert "Un enfant ne donne pas d'accord seul" in page
    assert beside(page, "categories")["1"].startswith("Aucun accord ne le couvre")
    w["case"].age_side = "minor"
    f.consent(w["coord"], w["case"], agencies=[w["shelter"].agency_id], kinds=[], categories=1)
    assert (
        beside(text(hand.get("orientation-new", w["case"].pk, query=NEED)), "categories")["1"]
        == "Couvert par l'accord."
    )


def test_only_the_lead_orients(world):
    w = world
    sent(w, state="accepted", answerer=w["shelter"])
    assert Hand(w["shelter"]).get("orientation-new", w["case"].pk, query=NEED).status_code == 403
    assert Hand(w["other"]).get("orientation-new", w["case"].pk, query=NEED).status_code == 404
    assert Hand(w["nurse"]).get("orientation-new", w["case"].pk).status_code == 403


def test_the_addressee_reads_the_frozen_sheet_and_no_case_id(world):
    w, hand = world, Hand(world["shelter"])
    made = sent(w, level=3)
    answers = [hand.get("orientation-detail", made.pk), hand.get("orientation-received")]
    for answer in answers:
        assert answer.status_code == 200
        assert str(w["case"].pk) not in text(answer) and w["case"].reference not in text(answer)
    page = text(answers[0])
    assert "MARQUEUR-RECIT" not in page and "Ouvert au service qui reçoit, dès qu'il accepte" in page
    assert Hand(w["other"]).get("orientation-detail", made.pk).status_code == 404
    assert Hand(w["front"]).get("orientation-detail", made.pk).status_code == 403
    with acting_as(w["shelter"]):
        assert Orientation.objects.get().state == "opened"
    with as_role("nrm_owner"):
        assert Entry.objects.filter(action="orientation.read", membership_id=w["shelter"].pk).count() == 1
    followed = text(Hand(w["coord"]).get("orientation-detail", made.pk))
    assert "ouverte le" in followed and "Retirer cette demande" in followed


def test_preview_is_the_sheet(world):
    """What the sender read before sending is what the addressee reads, part for part."""
    w = world
    case = f.own_case(w["other"])
    draft = f.orientation(w["other"], case, w["shelter"].agency, level=3, categories=3, state="draft")
    seen = text(Hand(w["other"]).get("orientation-preview", draft.pk))
    Hand(w["other"]).post("orientation-preview", draft.pk)
    shown = text(Hand(w["shelter"]).get("orientation-detail", draft.pk))
    parts = re.compile(r'<section class="rp-card" aria-labelledby="part-.*?</section>', re.S)
    assert parts.findall(seen) == parts.findall(shown) and len(parts.findall(seen)) == 4
    assert "MARQUEUR-RECIT" in shown


def test_accept_opens_the_case_once(world):
    w, hand = world, Hand(world["shelter"])
    made = sent(w)
    assert hand.post("orientation-accept", made.pk).status_code == 302
    page = text(hand.get("orientation-detail", made.pk))
    assert f"/dossiers/{w['case'].pk}/" in page
    assert hand.get("case-detail", w["case"].pk).status_code == 200
    again = hand.post("orientation-accept", made.pk)
    assert again.status_code == 409 and "Acceptée" in text(again) and made.reference in text(again)
    assert Hand(w["coord"]).post("orientation-accept", made.pk).status_code == 403
    assert Hand(w["other"]).post("orientation-accept", made.pk).status_code == 404
    assert hand.get("orientation-accept", made.pk).url.endswith(f"/orientations/{made.pk}/")


def test_decline_needs_a_reason_of_the_list(world):
    w, hand = world, Hand(world["shelter"])
    made = sent(w)
    wrong = text(hand.post("orientation-decline", made.pk, reason="because", comment="MOT " * 200))
    assert "Choisissez le motif" in wrong and "500 caractères au plus" in wrong and "MOT MOT" in wrong
    assert hand.post("orientation-decline", made.pk, reason="no_place", comment="UN-MOT").status_code == 302
    assert hand.get("case-detail", w["case"].pk).status_code == 404
    page = text(hand.get("orientation-detail", made.pk))
    assert "La fiche n'est plus chez vous" in page and "Pas de place" in page
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
    assert "La fiche n'est plus chez vous" in text(Hand(w["shelter"]).get("orientation-detail", made.pk))


def test_after_a_transfer_the_sender_follows_and_reads_no_content(world):
    w, hand = world, Hand(world["coord"])
    made = sent(w, verb="transfer", level=3, state="accepted", answerer=w["shelter"])
    page = text(hand.get("orientation-detail", made.pk))
    assert "Acceptée" in page and "La fiche n'est plus chez vous" in page
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
        type(consent).objects.filter(pk=consent.pk).update(until=timezone.now() - timedelta(minutes=1))
    answer = hand.post("orientation-preview", draft.pk)
    assert answer.status_code == 200 and "Cet accord a pris fin" in text(answer)
    with acting_as(w["coord"]):
        assert Orientation.objects.get().state == "draft"


def test_what_keeps_a_draft_from_leaving_is_said_before_the_button(world):
    hand = Hand(world["coord"])
    bare = f.orientation(world["coord"], world["case"], world["shelter"].agency, state="draft", consent=None)
    said = text(hand.get("orientation-preview", bare.pk))
    assert "Une orientation demande l'accord de la personne ou un fondement légal nommé." in said
    assert "Aucun pour l'instant." in said and reverse("referral:consent-new", args=[world["case"].pk]) in said
    covered = text(hand.get("orientation-preview", sent(world, state="draft").pk))
    assert "Une orientation demande" not in covered
    assert "Accord de la personne" in covered


def test_a_desk_told_of_a_silence_looks_after_it_and_does_not_answer(world):
    """Escalated: the watching unit reads the sheet and sees no button; its answer is refused."""
    w = world
    made = sent(w)
    with as_role("nrm_owner"):
        silent = w["shelter"].agency.memberships.get(kind="system")
    with acting_as(silent):
        orientations.overdue_orientation(silent, made.pk)
    with as_role("nrm_owner"):
        told = OrientationDesk.objects.get(orientation=made, answers=False).agency
    watcher = Hand(f.member(told, Role.COORDINATOR))
    assert "à surveiller" in text(watcher.get("orientation-received", query="?view=current"))
    page = text(watcher.get("orientation-detail", made.pk))
    assert "Sans réponse : relais alerté" in page.replace("\u00a0", " ") and "/accepter/" not in page
    assert watcher.post("orientation-accept", made.pk).status_code == 403
    assert Hand(w["shelter"]).post("orientation-accept", made.pk).status_code == 302


def test_nobody_else_reads_a_sheet(world):
    w = world
    made = sent(w)
    with acting_as(w["coord"]):
        assert set(orientations.sheets(w["coord"], made)) == {"summary"}
    with acting_as(w["shelter"]):
        assert set(orientations.sheets(w["shelter"], made)) == {"summary"}
    with acting_as(w["other"]):
        assert orientations.sheets(w["other"], made) == {}
        with pytest.raises(NotFound):
            orientations.visible(w["other"], made.pk)


def test_place_never_ranks(world):
    """Same offer near and far: the order is that of the names, whatever the names; a merit comes before both."""
    w = world
    for code in ("75", "13"):
        f.territory(code, code)
    near, far = f.shelter(name="B près"), f.shelter(name="A loin", territories=("13",))
    able = f.shelter(name="Z compétent", territories=("13",), desk_fields={"forms": ["labour_exploitation"]})
    full = f.shelter(name="0 complet", desk_fields={"places": 0})
    with acting_as(w["coord"]):
        case = Case.objects.get()
        ranked = ranking.ranked_for_orientation(case, "safe_housing", sender_id=w["coord"].agency_id)
    order = [s.agency.pk for s in ranked]
    assert order[0] == able.pk and order[-1] == full.pk
    assert order.index(far.pk) < order.index(near.pk)
    assert ranked[-1].blocked
    refused = Hand(w["coord"]).post("orientation-new", case.pk, **composed(w, addressee=full.pk))
    assert "avec son propre bouton" in text(refused)


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


# -- what is said and done beside the answer ---------------------------------------------------------------------------
def test_a_question_and_its_answer_by_the_pages(world):
    w, home, coord = world, Hand(world["shelter"]), Hand(world["coord"])
    made = sent(w)
    empty = home.post("orientation-ask", made.pk, **{"ask-words": " "})
    assert empty.status_code == 200 and "Écrivez votre message." in text(empty)
    long = home.post("orientation-ask", made.pk, **{"ask-words": "x" * 2001})
    assert "raccourcissez" in text(long) and "x" * 2001 in text(long)
    assert home.post("orientation-ask", made.pk, **{"ask-words": "Parle-t-elle roumain ?"}).status_code == 302
    page = text(coord.get("orientation-detail", made.pk))
    assert "Une question vous attend" in page and "Parle-t-elle roumain ?" in page
    assert Hand(w["other"]).post("orientation-answer", made.pk, **{"answer-words": "Oui."}).status_code == 404
    assert home.post("orientation-answer", made.pk, **{"answer-words": "Oui."}).status_code == 403
    assert coord.post("orientation-answer", made.pk, **{"answer-words": "Oui, un peu."}).status_code == 302
    assert coord.post("orientation-answer", made.pk, **{"answer-words": "Encore."}).status_code == 409
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


def test_a_service_the_agreement_does_not_name_is_not_asked(world):
    w = world
    consent = f.consent(w["coord"], w["case"], kinds=[], agencies=[w["shelter"].agency_id])
    made = f.orientation(w["coord"], w["case"], w["shelter"].agency, consent=consent)
    Hand(w["shelter"]).post("orientation-decline", made.pk, reason="no_place")
    coord = Hand(w["coord"])
    page = text(coord.get("orientation-detail", made.pk))
    assert "ne nomme pas" in page and f'name="addressee" value="{w["other"].agency_id}"' not in page  # greyed, with why
    said = coord.post("orientation-reroute", made.pk, addressee=w["other"].agency_id)
    assert said.url.endswith(f"/orientations/{made.pk}/")
    assert "ne nomme pas" in text(coord.get("orientation-detail", made.pk))
    with acting_as(w["coord"]):
        assert not Orientation.objects.filter(state="draft").exists()


def test_who_takes_charge_shows_in_the_list(world):
    w, home = world, Hand(world["shelter"])
    made = sent(w)
    assert "personne encore" in text(home.get("orientation-received"))
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
    assert Hand(w["shelter"]).post("orientation-revoke", made.pk, revoke_reason="person").status_code == 403
    assert coord.post("orientation-revoke", made.pk, revoke_reason="person").status_code == 302
    page = text(coord.get("orientation-detail", made.pk))
    assert "La personne le demande" in page and "/mettre-fin/" not in page
    with acting_as(w["shelter"]):
        assert not CaseAccess.objects.exists()
    assert coord.post("orientation-revoke", made.pk, revoke_reason="person").status_code == 409
