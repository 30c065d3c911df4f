"""Composing an orientation: need, service, basis, preview; and what keeps a draft from leaving."""

import re
from copy import deepcopy

import pytest
from django.urls import reverse

from agencies.models import Category, Desk
from foundation.actor import acting_as
from referral.models import Orientation
from referral.orientations.operations import coverage, orientations
from referral.routing.selectors import ranking
from tests import factories as f
from tests.referral.orientations.requests import NEED, composed, make_world, sent
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.models import Case
from victims.needs.operations import add_need

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    return make_world()


def test_from_need_to_sent(world):
    w, hand = world, Hand(world["coord"])
    page = text(hand.get("orientation-new", w["case"].pk))
    assert 'href="?service=safe_housing"' in page
    page = text(hand.get("orientation-new", w["case"].pk, query=NEED))
    assert "pourra vous écrire, sans rien ajouter au dossier" in page
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
    rows = re.findall(rf'name="{name}" value="([^"]*)".*?<label[^>]*>[^<]*(?:<span[^>]*>([^<]*))?', page, re.DOTALL)
    return dict(rows)


def test_what_each_agreement_covers_is_said_before_the_choice(world):
    """Beside each agreement, each category and each service; and the refusal stays for who chooses otherwise."""
    w, hand = world, Hand(world["coord"])
    with as_role("nrm_owner"):
        w["case"].consents.all().delete()
    none = text(hand.get("orientation-new", w["case"].pk, query=NEED))
    nobody = (
        "Aucun accord enregistré ne le couvre : demandez-en un d'abord ; sans lui, seulement sur un fondement légal."
    )
    assert beside(none, "categories") == dict.fromkeys(("1", "2", "4", "8", "16"), "")
    assert "Aucun accord ne nomme ce service" not in none, "grounds alone to choose: said once, above"
    identity = f.consent(w["coord"], w["case"], agencies=[w["shelter"].agency_id], kinds=[], categories=3)
    one = text(hand.get("orientation-new", w["case"].pk, query=NEED))
    covered = {"1": "Couvert par l'accord.", "2": "Couvert par l'accord."}
    assert beside(one, "categories") == covered | dict.fromkeys(("4", "8", "16"), nobody)
    said = beside(one, "basis")[f"consent:{identity.pk}"]
    assert said == "Ne couvre pas : santé, auteurs présumés, séjour."
    assert one.count("Aucun accord ne nomme ce service") == 1  # the other shelter
    f.consent(w["coord"], w["case"], agencies=[w["other"].agency_id], kinds=[], categories=1 | 4, level=2)
    two = beside(text(hand.get("orientation-new", w["case"].pk, query=NEED)), "categories")
    assert two["1"] == "Couvert par chacun des accords."
    assert two["4"].startswith("Couvert seulement par l'accord du ")
    assert two["8"] == nobody
    refused = hand.post("orientation-new", w["case"].pk, **composed(w, basis=f"consent:{identity.pk}", categories=[4]))
    assert refused.status_code == 200 and "ne couvre pas" in text(refused)
    allowed = hand.post("orientation-new", w["case"].pk, **composed(w, basis=f"consent:{identity.pk}", categories=[1]))
    assert allowed.status_code == 302


def test_what_no_agreement_covers_at_all_is_said_once_above_the_categories(world):
    w, hand = world, Hand(world["coord"])
    with as_role("nrm_owner"):
        w["case"].consents.all().delete()
    f.consent(w["coord"], w["case"], agencies=[w["shelter"].agency_id], kinds=[], categories=0)
    page = text(hand.get("orientation-new", w["case"].pk, query=NEED))
    assert page.count("demandez-en un d'abord ; sans lui, seulement sur un fondement légal.") == 1
    assert "Aucun accord enregistré ne couvre ces informations" in page
    assert beside(page, "categories") == dict.fromkeys(("1", "2", "4", "8", "16"), "")


def test_an_agreement_that_can_carry_no_request_is_no_ground(world):
    """Anonymous statistics, and the mere recording: chosen in a hurry, each was refused."""
    w, hand = world, Hand(world["coord"])
    with as_role("nrm_owner"):
        w["case"].consents.all().delete()
    f.consent(w["coord"], w["case"], agencies=[w["shelter"].agency_id], kinds=[], purpose="statistics", level=1)
    f.consent(w["coord"], w["case"], agencies=[], kinds=[], purpose="record", level=2)
    own = w["coord"].agency_id  # an agreement that names the sender alone opens nothing to another service
    f.consent(w["coord"], w["case"], agencies=[own], kinds=[], purpose="share_named", level=3)
    page = text(hand.get("orientation-new", w["case"].pk, query=NEED))
    assert "consent:" not in page, "an agreement that no request can stand on is offered as its ground"
    assert "Aucun accord enregistré ne permet une demande" in page and "Aucun accord ne nomme ce service" not in page
    named = f.consent(
        w["coord"], w["case"], agencies=[w["shelter"].agency_id], kinds=[], purpose="share_named", level=2
    )
    page = text(hand.get("orientation-new", w["case"].pk, query=NEED))
    assert list(beside(page, "basis"))[0] == f"consent:{named.pk}" and page.count('value="consent:') == 1
    assert "Partager avec les services désignés" in page and "Aucun accord enregistré ne permet" not in page


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
    assert "Un enfant ne donne pas d'accord" in page
    assert "Aucun accord ne couvre ces informations : seulement sur un fondement légal." in page
    assert beside(page, "categories")["1"] == ""
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


def test_what_keeps_a_draft_from_leaving_is_said_before_the_button(world):
    hand = Hand(world["coord"])
    bare = f.orientation(world["coord"], world["case"], world["shelter"].agency, state="draft", consent=None)
    said = text(hand.get("orientation-preview", bare.pk))
    assert "Une demande exige l'accord de la personne ou un fondement légal, à indiquer." in said
    assert "Aucun pour l'instant." in said and reverse("referral:consent-new", args=[world["case"].pk]) in said
    covered = text(hand.get("orientation-preview", sent(world, state="draft").pk))
    assert "Une demande exige" not in covered
    assert "Accord de la personne" in covered


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


def test_request_says_what_the_service_needs_to_decide(world):
    w, hand = world, Hand(world["coord"])
    draft = sent(w, state="draft")
    page = text(hand.get("orientation-preview", draft.pk))
    assert "Ajouter de quoi décider" in page and "Enceinte" not in page, "health is not in the agreement"
    wrong = text(hand.post("orientation-preview", draft.pk, sex="x", children="99", note="Joindre au 06 12 34 56 78"))
    assert "Écrivez un nombre de 0 à 20" in wrong and "Retirez « 06 12 34 56 78 »" in wrong
    assert "Joindre au 06 12 34 56 78" in wrong, "what was typed stays"
    given = {"sex": "woman", "children": "2", "note": "Elle peut venir dès ce soir.", "offered": "Hôtel refusé."}
    assert hand.post("orientation-preview", draft.pk, pregnant="yes", **given).status_code == 302
    page = text(Hand(w["shelter"]).get("orientation-detail", draft.pk))
    for said in ("Femme", "Enfants avec la personne</dt><dd>2", "Elle peut venir dès ce soir.", "Hôtel refusé."):
        assert said in page
    assert "Enceinte" not in page
    again = sent(w, state="draft", service=f.service("legal_aid"))
    page = text(hand.get("orientation-preview", again.pk))
    assert "Hôtel refusé." in page and 'value="2"' in page, "typed once, offered again"


def test_pregnancy_goes_only_where_health_is_agreed(world):
    w = world
    draft = sent(w, state="draft")
    with acting_as(w["coord"]), pytest.raises(coverage.Uncovered):
        orientations.send_orientation(w["coord"], draft.pk, brief={"pregnant": "yes"})
    agreed = sent(w, state="draft", service=f.service("health_care"), categories=Category.HEALTH)
    assert "Enceinte" in text(Hand(w["coord"]).get("orientation-preview", agreed.pk))
    with acting_as(w["coord"]):
        orientations.send_orientation(w["coord"], agreed.pk, brief={"pregnant": "yes"})
    assert "Enceinte" in text(Hand(w["shelter"]).get("orientation-detail", agreed.pk))


@pytest.mark.parametrize(
    ("service", "priority", "urgency"),
    [("safe_housing", None, "normal"), ("safe_housing", "later", "normal"), ("safe_housing", "now", "high"),
     ("emergency_shelter", None, "high")],
)  # fmt: skip
def test_urgency_of_a_request_follows_the_need(world, service, priority, urgency):
    w = world
    if priority:
        with acting_as(w["coord"]):
            add_need(w["coord"], w["case"].pk, service=f.service(service), priority=priority)
    assert sent(w, state="draft", service=f.service(service)).urgency == urgency
