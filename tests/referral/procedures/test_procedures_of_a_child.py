"""A child's agreement is never a condition, and its own sheets are proposed where those of an adult stood."""

import pytest

from agencies.models import Role
from foundation.actor import acting_as
from indicators.models import Consent
from indicators.procedures.selectors import book
from referral.procedures import selectors
from referral.procedures.operations import checklists
from tests import factories as f
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.models import Case, CaseAccess, Need

pytestmark = pytest.mark.django_db
ASKED = "Accord éclairé requis"
# by form noted: the child's sheets proposed beside those of every child; none of an adult is
EVERY = {"entretien_mineur", "orientation_mineur", "soins_mineur", "indemnisation_mineur", "plainte_mineur"}
BY_FORM = {
    "unknown": set(),
    "labour_exploitation": {"inspection_mineur"},
    "sexual_exploitation": set(),
    "forced_marriage": {"mariage_force_mineur"},
    "forced_criminality": {"non_sanction_mineur"},
}
OF_AN_ADULT = {
    "entretien_confidentiel", "orientation_association", "soins", "indemnisation_civi", "mariage_force",
    "non_sanction", "inspection_travail", "protection_victime", "immunite_employeur", "mise_a_labri",
}  # fmt: skip


@pytest.fixture
def child():
    hand = Hand(f.member(f.coordination(), Role.COORDINATOR))
    hand.case = f.case(hand.member, minor="doubt", agreement="not_asked", recipients=[])
    return hand


def proposed(hand) -> set[str]:
    with acting_as(hand.member):
        access = CaseAccess.objects.select_related("case").get(case=hand.case.pk, agency=hand.member.agency)
        return {shown.code for shown, _why in selectors.offered(book(), access, hand.member.agency, set())[0]}


def test_no_step_of_a_procedure_for_a_child_asks_for_agreement():
    asked = [
        (procedure.code, step.order)
        for procedure in book().procedures.values()
        for step in procedure.steps
        if any(profile.startswith("child") for profile in procedure.profiles) and step.consent in Consent.conditions()
    ]
    assert asked == []


def test_no_procedure_on_the_case_of_a_child_asks_for_agreement(child):
    """Walk every procedure, those of an adult too: one begun before the age was doubted stays on the case."""
    asked = []
    for code in book().procedures:
        with acting_as(child.member):
            made = checklists.start_procedure(child.member, child.case.pk, code)
        page = text(child.get("checklist-detail", made.pk))
        asked += [code] if ASKED in page else []
        assert "Accord de la personne" in page, code
    assert asked == []


def test_an_adult_is_asked():
    hand = Hand(f.member(f.coordination(), Role.COORDINATOR))
    case = f.case(hand.member)
    with acting_as(hand.member):
        made = checklists.start_procedure(hand.member, case.pk, "soins")
    assert ASKED in text(hand.get("checklist-detail", made.pk))


@pytest.mark.parametrize("form", BY_FORM)
def test_sheets_of_a_child_are_proposed_by_the_form_noted(child, form):
    with as_role("nrm_owner"):
        Case.objects.filter(pk=child.case.pk).update(form=form, urgency="high")
    found = proposed(child)
    assert EVERY | BY_FORM[form] <= found and not OF_AN_ADULT & found
    assert found & {"inspection_mineur", "mariage_force_mineur", "non_sanction_mineur"} == BY_FORM[form]


def test_danger_and_immunity_propose_their_sheet(child):
    with as_role("nrm_owner"):
        Case.objects.filter(pk=child.case.pk).update(form="domestic_servitude", urgency="vital", employer_immunity=True)
    assert {"danger_immediat", "protection_mineur", "immunite_mineur"} <= proposed(child)


def test_a_return_is_proposed_only_when_it_is_asked_for(child):
    assert "retour_mineur" not in proposed(child)
    with acting_as(child.member):
        Need.objects.create(
            case_id=child.case.pk, service=f.service("voluntary_return"), agency=child.member.agency, by=child.member
        )
    assert "retour_mineur" in proposed(child)


def test_the_first_night_is_asked_of_emergency_shelter_before_a_distant_place():
    assert selectors.SERVICES["mise_a_labri", 1] == "emergency_shelter"
    assert selectors.SERVICES["mise_a_labri", 2] == "safe_housing"
    first = book().procedures["mise_a_labri"].step(1)
    assert "115" in first.action_fr and "Ac.Sé" not in first.action_fr


def test_every_step_with_a_service_exists():
    for code, order in selectors.SERVICES:
        assert book().procedures[code].step(order), (code, order)


def test_twelve_months_before_the_labour_court_are_counted_from_the_end_of_the_contract():
    step = book().procedures["inspection_travail"].step(4)
    assert (step.deadline_value, step.deadline_unit, step.counted_from) == (12, "month", "contract_end")
