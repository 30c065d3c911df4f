"""Who the person is: several names, births and nationalities, a line more without script, corrections, children."""

from copy import deepcopy

import pytest

from agencies.models import Category, Role
from foundation.actor import acting_as
from journal.models import Entry
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.models import Case, Contact, Identity, IdentityEntry

pytestmark = pytest.mark.django_db
TYPED = {
    "family_name": "Marqueur",
    "given_names": "Nadia",
    "alias_0": "Lina",
    "alias_1": "Lina",
    "alias_2": "Madame M",
    "birth_0": "12/03/1998",
    "birth_1": "2001",
    "estimated_1": "on",
    "nationality_0": "maroc",
    "nationality_1": "Vietnam",
    "nationality_2": "viet nam",
    "sex": "woman",
    "aliases_rows": "3",
    "births_rows": "2",
    "nationalities_rows": "3",
}
KEPT = {
    "family_name": "Marqueur",
    "given_names": "Nadia",
    "aliases": ["Lina", "Madame M"],
    "births": [{"date": "1998-03-12", "estimated": False}, {"date": "2001", "estimated": True}],
    "nationalities": ["MA", "VN"],
    "sex": "woman",
}


@pytest.fixture
def w(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    f.coordination()
    lead = f.member(f.shelter())
    case = f.own_case(lead)
    named = f.consent(lead, case, agencies=[lead.agency_id], categories=int(Category.IDENTITY))
    return {"lead": lead, "case": case, "hand": Hand(lead), "on": {"consent": f"consent:{named.pk}", "act": "enter"}}


def kept(w) -> dict:
    with acting_as(w["lead"]):
        return Identity.objects.get(case=w["case"]).data


def test_several_of_each_are_kept_once(w):
    assert w["hand"].post("case-identity", w["case"].pk, **TYPED, **w["on"]).status_code == 302
    assert kept(w) == KEPT
    shown = text(w["hand"].post("case-identity", w["case"].pk, act="reveal"))
    for words in ("Lina · Madame M", "12/03/1998 · 2001 (estimée)", "Maroc, Viêt Nam", "Femme"):
        assert words in shown
    with as_role("nrm_owner"):
        row = IdentityEntry.objects.get()
        assert (row.case_id, row.by_id) == (w["case"].pk, w["lead"].pk)


def test_a_line_more_keeps_what_was_typed_and_checks_nothing(w):
    half = {"family_name": "Marqueur", "birth_0": "pas sûr", "aliases_rows": "1", "births_rows": "1"}
    page = text(w["hand"].post("case-identity", w["case"].pk, **half, act="more_births"))
    assert 'name="birth_1"' in page and 'name="birth_2"' not in page and 'name="alias_1"' not in page
    assert 'value="pas sûr"' in page and 'value="Marqueur"' in page
    assert "<title>Erreur" not in page and "Écrivez la naissance" not in page
    page = text(w["hand"].post("case-identity", w["case"].pk, births_rows="99", act="more_births"))
    assert 'name="birth_9"' in page and 'name="birth_10"' not in page
    with as_role("nrm_owner"):
        assert not Identity.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("birth_0", "31/02/1998", "Ce jour n'existe pas"),
        ("birth_0", "demain", "Écrivez la naissance ainsi"),
        ("birth_0", "12/03/2150", "entre 1900 et aujourd'hui"),
        ("birth_0", "1850", "entre 1900 et aujourd'hui"),
        ("nationality_0", "Syldavie", "Choisissez un pays de la liste"),
        ("sex", "zzz", "parmi les réponses"),
        ("family_name", "Z" * 121, "120"),
    ],
)
def test_what_cannot_be_read_is_said_beside_it_and_stays(w, field, value, said):
    page = text(w["hand"].post("case-identity", w["case"].pk, **{**TYPED, **w["on"], field: value}))
    assert "<title>Erreur" in page and said in page
    assert value in page or field == "sex"
    assert "Madame M" in page
    with as_role("nrm_owner"):
        assert not Identity.objects.exists() and not IdentityEntry.objects.exists()


def test_an_alias_alone_is_a_name(w):
    assert w["hand"].post("case-identity", w["case"].pk, alias_0="Joy", **w["on"]).status_code == 302
    assert kept(w) == {"aliases": ["Joy"]}
    nothing = text(w["hand"].post("case-identity", w["case"].pk, birth_0="1998", **w["on"]))
    assert "Écrivez un nom de famille, un prénom ou un autre nom" in nothing


def test_a_correction_starts_from_what_is_recorded_and_is_a_reading(w):
    hand, pk = w["hand"], w["case"].pk
    hand.post("case-identity", pk, **TYPED, **w["on"])
    page = text(hand.get("case-identity", pk))
    assert "Madame M" not in page and 'name="family_name"' not in page  # not shown by opening the page
    page = text(hand.post("case-identity", pk, act="correct"))
    for value in ("Madame M", "12/03/1998", "2001", "Maroc", "Viêt Nam"):
        assert f'value="{value}"' in page
    with as_role("nrm_owner"):
        assert Entry.objects.filter(action="identity.read", case_id=pk).count() == 1
    hand.post("case-identity", pk, **{**TYPED, **w["on"], "alias_2": ""})
    assert kept(w)["aliases"] == ["Lina"]


def test_a_safe_contact_shown_is_a_reading_of_its_own(w):
    """With an identity or without one: who called this number is asked of the journal."""
    hand, pk = w["hand"], w["case"].pk
    hand.post("case-identity", pk, act="reveal")
    with as_role("nrm_owner"):
        assert not Entry.objects.filter(action="contact.read").exists()  # nothing was there to be shown
        Contact.objects.create(case_id=pk, data={"channel": "sms", "value": "MARQUEUR-CONTACT"})
    assert "MARQUEUR-CONTACT" not in text(hand.get("case-identity", pk))
    assert "MARQUEUR-CONTACT" in text(hand.post("case-identity", pk, act="reveal"))
    with as_role("nrm_owner"):
        entry = Entry.objects.get(action="contact.read")
        assert (entry.case_id, entry.membership_id) == (pk, w["lead"].pk)


def test_a_holder_who_does_not_lead_reads_and_corrects_nothing(w):
    w["hand"].post("case-identity", w["case"].pk, **TYPED, **w["on"])
    holder = f.member(f.shelter())
    f.orientation(
        w["lead"], w["case"], holder.agency, state="accepted", answerer=holder, level=3, categories=Category.IDENTITY
    )
    near = f.member(f.shelter())
    f.orientation(w["lead"], w["case"], near.agency, state="accepted", answerer=near, level=3)
    hand = Hand(holder)
    page = text(hand.post("case-identity", w["case"].pk, act="reveal"))
    assert "Madame M" in page and "Corriger" not in page
    hand.post("case-identity", w["case"].pk, **{**TYPED, **w["on"], "family_name": "Autre"})
    assert kept(w)["family_name"] == "Marqueur"
    assert Hand(near).post("case-identity", w["case"].pk, act="reveal").status_code == 404


def test_a_child_does_not_wait_for_an_agreement(w):
    child = f.own_case(w["lead"])
    with as_role("nrm_owner"):
        Case.objects.filter(pk=child.pk).update(age_side="doubt")
    page = text(w["hand"].get("case-identity", child.pk))
    assert "sans attendre d'accord" in page and 'name="consent"' not in page
    assert w["hand"].post("case-identity", child.pk, **TYPED, act="enter").status_code == 302
    # an adult's does, also where the lead holds the category already
    assert w["hand"].post("case-identity", w["case"].pk, **TYPED, act="enter").status_code == 200
    with as_role("nrm_owner"):
        assert [identity.case_id for identity in Identity.objects.all()] == [child.pk]


def test_frontline_and_strangers_find_nothing(w):
    writer = f.member(w["lead"].agency, Role.FRONTLINE)
    assert Hand(writer).post("case-identity", w["case"].pk, **TYPED, **w["on"]).status_code == 403
    assert Hand(f.member(f.shelter())).post("case-identity", w["case"].pk, **TYPED, **w["on"]).status_code == 404
