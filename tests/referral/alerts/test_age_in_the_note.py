"""« Mineure : non » with a note that says « 15 ans » is asked about; without an answer the age is in doubt."""

from copy import deepcopy

import pytest

from agencies.models import Kind, Role
from foundation.actor import acting_as
from referral.alerts.operations.additions import add_to_alert
from referral.models import Alert
from tests import factories as f
from tests.referral.api import Caller
from tests.referral.pages import Hand, text
from tests.roles import as_role

pytestmark = pytest.mark.django_db
NOTE = "Elle dit avoir 15 ans."
BODY = {"territory": "75", "when": "today", "minor": "no", "danger": "no", "none_of_these": True, "note": NOTE,
        "agreement": "no"}  # fmt: skip


@pytest.fixture
def w(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    child = f.agency(Kind.CHILD_PROTECTION, services=("child_care",), desk_fields={"takes_adults": False})
    school = f.agency(Kind.EDUCATION, desk=False)
    return {"unit": (unit := f.coordination()), "coord": f.member(unit, Role.COORDINATOR), "child": child,
            "nurse": f.member(school, Role.FRONTLINE),
            "program": f.program(school)}  # fmt: skip


def of(pk) -> tuple[str, set[int]]:
    """The side of age of a sent alert, and who has it."""
    with as_role("nrm_owner"):
        alert = Alert.objects.get(pk=pk)
        return alert.age_side, set(alert.desks.values_list("agency_id", flat=True))


def test_unanswered_it_is_sent_with_an_age_in_doubt(w):
    alert = f.sent_alert(w["nurse"], note=NOTE, agreement="no")
    assert of(alert.pk) == ("doubt", {w["unit"].pk, w["child"].pk})


def test_page_asks_and_shows_who_would_read_it(w):
    draft, hand = f.draft(w["nurse"], note=NOTE, agreement="no"), Hand(w["nurse"])
    page = text(hand.get("alert-step", draft.pk, 4))
    assert "Est-ce un enfant ?" in page and "« 15 ans »" in page
    assert str(w["child"]) in page
    assert hand.post("alert-step", draft.pk, 4, age="no").status_code == 302
    page = text(hand.get("alert-step", draft.pk, 4))
    assert "Est-ce un enfant" not in page and str(w["child"]) not in page
    hand.post("alert-step", draft.pk, 4, go="send")
    assert of(draft.pk) == ("adult", {w["nurse"].agency_id})


@pytest.mark.parametrize(("said", "side"), [("yes", "minor"), ("doubt", "doubt")])
def test_answer_of_a_child_is_kept(w, said, side):
    draft, hand = f.draft(w["nurse"], note=NOTE, agreement="no"), Hand(w["nurse"])
    hand.post("alert-step", draft.pk, 4, age=said)
    hand.post("alert-step", draft.pk, 4, go="send")
    assert of(draft.pk)[0] == side


def test_answer_is_asked_again_of_other_words(w):
    draft, hand = f.draft(w["nurse"], note=NOTE, agreement="no"), Hand(w["nurse"])
    hand.post("alert-step", draft.pk, 4, age="no")
    hand.post("alert-step", draft.pk, 2, none_of_these="on", note="Elle est lycéenne.", go="next")
    assert "Est-ce un enfant" in text(hand.get("alert-step", draft.pk, 4))


@pytest.mark.parametrize(("sure", "side"), [({}, "doubt"), ({"adult_sure": True}, "adult")])
def test_program_says_so_or_the_age_is_in_doubt(w, sure, side):
    made = Caller(w["program"]).post("alerts/", {**BODY, **sure})
    assert made.status_code == 201, made.content
    assert of(made.json()["id"])[0] == side


def test_duration_is_no_age(w):
    alert = f.sent_alert(w["nurse"], note="Elle travaille là depuis 3 ans.", agreement="no")
    assert of(alert.pk)[0] == "adult"


def test_desk_reads_whose_answer_is_what(w):
    """« Doute » alone was read as the answer of the author, who had said « Non »."""
    alert, hand = f.sent_alert(w["nurse"], note=NOTE, agreement="no"), Hand(w["coord"])
    said = "L'auteur a répondu : non. Ses mots parlent d'enfants : « 15 ans ». Vérifiez l'âge."
    assert said in text(hand.get("inbox-alert", alert.pk))
    assert "L'auteur a répondu que la personne n'est pas mineure" in text(hand.get("alert-inbox"))
    doubting = f.sent_alert(w["nurse"], minor="doubt", note=NOTE, agreement="no")
    assert "L'auteur a répondu" not in text(hand.get("inbox-alert", doubting.pk))


def test_desk_reads_what_was_added_of_a_child(w):
    alert, hand = f.sent_alert(w["nurse"]), Hand(w["coord"])
    with acting_as(w["nurse"]):
        add_to_alert(w["nurse"], alert.pk, "Elle est lycéenne.")
    said = "L'auteur a répondu : non. Ses mots parlent d'enfants : « lycéenne ». Vérifiez l'âge."
    assert said in text(hand.get("inbox-alert", alert.pk))
    assert said in text(Hand(w["nurse"]).get("alert-detail", alert.pk))
