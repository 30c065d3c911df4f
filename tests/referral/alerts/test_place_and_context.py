"""Where the person is, and how somebody noticed: places are places, the context is asked only when the service's kind
does not tell it, and that somebody asks for asylum stays confidential."""

import re
import uuid

import pytest
from django.test import Client

from agencies.models import Kind, Role
from foundation.actor import acting_as
from indicators.codes.selectors import choices
from referral.alerts.operations import alerts
from tests import factories as f
from tests.referral.pages import text

from .alert_pages import STEP1, Browser, content

pytestmark = pytest.mark.django_db
# written from the mission: whoever works in one setting is not asked for it; police and associations work in several
TOLD = {
    Kind.ASYLUM: "Demande d'asile",
    Kind.LABOUR: "Contrôle du travail",
    Kind.EDUCATION: "École",
    Kind.HEALTH: "Soins",
    Kind.CHILD_PROTECTION: "Protection de l'enfance",
    Kind.UNION: "Permanence syndicale",
    Kind.EMPLOYER: "Entreprise, hébergeur",
}
ASKED = [Kind.INTERIOR, Kind.JUSTICE, Kind.NGO, Kind.SOCIAL_AFFAIRS, Kind.LOCAL_AUTHORITY, Kind.FOREIGN_AFFAIRS]
SILENCE = "La demande d'asile reste confidentielle"


def hand_of(kind: str) -> Browser:
    return Browser(Client(), f.member(f.agency(kind, desk=False), Role.FRONTLINE))


@pytest.fixture(autouse=True)
def desks():
    f.national()
    return f.coordination()


@pytest.mark.parametrize("kind", [*TOLD, *ASKED])
def test_context_is_printed_where_the_kind_tells_it_and_asked_otherwise(kind):
    hand = hand_of(kind)
    page = text(hand.get("alert-start"))
    assert ('name="detection"' in page) is (kind in ASKED)
    assert (SILENCE in page) is (kind == Kind.ASYLUM)
    draft = hand.start()
    hand.fill(draft, {**STEP1, "detection": "helpline"})
    kept = content(hand.member, draft)["detection"]
    if kind in ASKED:
        assert kept == "helpline"
    else:
        assert re.search(rf'id="id_detection">Cadre du repérage\s*: <strong>{TOLD[kind]}</strong>', page)
        assert dict(choices("detection_contexts"))[kept] == TOLD[kind]


def test_places_are_places():
    offered = [label for _code, label in choices("place_kinds")]
    for place in ("Chantier", "Exploitation agricole, vignoble", "Hôtel, location de tourisme", "Logement",
                  "Rue, parking, bois", "Garde à vue, rétention, prison"):  # fmt: skip
        assert place in offered
    page = text(hand_of(Kind.NGO).get("alert-start"))
    listed = re.search(r'<select[^>]*name="place".*?</select>', page, re.S)[0]
    assert "Chantier" in listed and not [w for w in ("Ligne d'écoute", "Proche ou témoin", "Maraude") if w in listed]


def test_officer_of_asylum_is_told_again_what_stays_confidential_before_sending():
    hand = hand_of(Kind.ASYLUM)
    draft = hand.start()
    hand.fill(draft, STEP1, {"none_of_these": "on"}, {"agreement": "not_asked"})
    page = text(hand.get("alert-step", draft, 4))
    assert SILENCE in page and "Demande d'asile" in page
    named, hidden = "la note, votre organisme. Ne voit pas", "Ne voit pas : votre organisme, le contact sûr"
    assert named in page and hidden not in page, "the coordination alone receives it, and reads who alerts"
    f.agency(Kind.CHILD_PROTECTION, services=("child_care",))
    hand.fill(draft, {**STEP1, "minor": "yes"}, {"none_of_these": "on"}, {"agreement": "not_asked"})
    page = text(hand.get("alert-step", draft, 4))
    assert named in page and hidden in page, "the other services read a public service"
    assert SILENCE in text(hand.get("danger")), "whoever alerts in danger must not fear for it either"
    for page in ("alert-start", "danger"):
        assert SILENCE not in text(hand_of(Kind.HEALTH).get(page))


def test_danger_begins_with_the_context_of_its_service_too():
    hand = hand_of(Kind.HEALTH)
    draft = uuid.uuid4()
    told = {"territory": "75", "minor": "no", "callback": "06 12 34 56 78"}
    assert hand.post("danger", draft=str(draft), **told).status_code == 302
    assert content(hand.member, draft)["detection"] == "healthcare"


def test_context_a_program_gives_stands():
    member = f.member(f.agency(Kind.HEALTH, desk=False), Role.FRONTLINE)
    with acting_as(member):
        draft = alerts.start_draft(member, answers={"detection": "street_outreach"})
    assert content(member, draft.pk)["detection"] == "street_outreach"


PUPILS = re.compile(r"\bécole|scolar|éducation|\bplacement|promis ou marié")
RECEPTION = "Un accompagnateur répond à sa place à l'accueil"


def test_receptionist_is_never_asked_about_a_school():
    hand = hand_of(Kind.EMPLOYER)
    for form in ("", "sexual_exploitation", "forced_begging", "labour_exploitation"):
        draft = hand.start()
        hand.fill(draft, {**STEP1, "minor": "yes", "form": form, "place": "hotel"})
        for query in ({}, {"tout": "1"}):
            signs = asked(hand.get("alert-step", draft, 2, **query))
            assert (RECEPTION in signs) is (form in ("", "sexual_exploitation")), (form, query)
            assert [said for said in signs if PUPILS.search(said)] == [], (form, query)


def test_sign_is_read_in_the_words_it_was_ticked_in(desks):
    hand = hand_of(Kind.EMPLOYER)
    draft = hand.start()
    hand.fill(draft, {**STEP1, "place": "hotel"})
    page = text(hand.get("alert-step", draft, 2))
    assert "Signes formulés pour : <strong>Hôtel, hébergement</strong>" in page
    assert "proposition de l'équipe de Repère" in page
    papers = "Un accompagnateur garde ses papiers et les présente pour elle"
    plain = "Quelqu'un d'autre garde ses papiers"
    ticked = {"sign": ["ILO-AL-CD-01", "FR-GEN-02"], "by_ILO-AL-CD-01": "observed", "by_FR-GEN-02": "observed"}
    hand.fill(draft, {**STEP1, "place": "hotel"}, ticked, {"agreement": "not_asked"})
    check = text(hand.get("alert-step", draft, 4))
    assert papers in check and RECEPTION in check and plain not in check
    hand.post("alert-step", draft, 4, go="send")
    coord = Browser(Client(), f.member(desks, Role.COORDINATOR))
    read = text(coord.get("inbox-alert", draft))
    assert papers in read and plain not in read


def test_grid_of_a_reader_nobody_described_stays_as_it_is():
    hand = hand_of(Kind.INTERIOR)
    draft = hand.start()
    hand.fill(draft, {**STEP1, "minor": "yes"})
    page = hand.get("alert-step", draft, 2)
    assert "Signes formulés pour" not in text(page)
    assert "L'enfant ne va pas, ou ne va plus, à l'école" in asked(page)


def asked(page) -> list[str]:
    """Return the words of the signs of a page."""
    return re.findall(r'<label class="fr-label" for="s-[^"]+">([^<]+)</label>', text(page))
