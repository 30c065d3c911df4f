"""A brigade is admitted, then given more: by the pages, two persons of the national coordination each time."""

import pytest

from agencies.models import Agency, Role
from tests import factories as f

from .walk import FORMS, Walk, expect

pytestmark = pytest.mark.django_db(transaction=True)
BOTH = (Role.AGENCY_ADMIN, Role.COORDINATOR, Role.POLICY)
NAME = "Brigade de Valmont (fictive)"


@pytest.fixture
def two(transactional_db):
    unit = f.national(name="Coordination nationale (fictive)", profile_id="miprof")
    return f.member(unit, *BOTH), f.member(unit, *BOTH)


def test_a_brigade_is_admitted_and_given_what_it_may_see(two, live_server, browser):
    one, other = (Walk(browser, live_server, who, forms=FORMS) for who in two)
    one.open("/pilotage/organismes/proposer/")
    one.page.get_by_label("Type d'organisme").select_option("interior")
    one.page.get_by_label("Nom de l'organisme").fill(NAME)
    one.page.get_by_label("Sa ligne dans l'annuaire").select_option("gendarmerie")
    one.page.get_by_label("Prénom et nom").fill("Alix Démo")
    one.page.get_by_label("Adresse électronique").fill("alix@exemple.invalid")
    one.check("propose-body")
    one.go('button:text-is("Proposer")')
    other.open("/pilotage/organismes/")
    other.go(f'a:text-is("{NAME}")')
    other.go('button:text-is("Admettre cet organisme")')
    other.go('button:has-text("Créer un code")')
    assert len(other.page.locator(".rp-code span").all_inner_texts()) == 4

    one.open("/organisation/demandes/")
    one.go('a:text-is("Ce que les organismes peuvent faire")')
    one.check("powers-list")
    one.go(f'a:text-is("{NAME}")')
    expect(one.page.get_by_text("Aucun membre n'y travaille encore sur les dossiers")).to_be_visible()
    one.page.get_by_label("Contenu du dossier", exact=True).check(force=True)
    one.page.get_by_label("Auteurs présumés", exact=True).check(force=True)
    one.check("powers")
    one.go('button:text-is("Demander")')
    one.check("powers-asked")
    other.open("/organisation/demandes/")
    other.go(f'a:text-is("{NAME}")')
    other.check("powers-to-decide")
    other.go('button:text-is("Accorder")')
    other.check("powers-agreed")
    made = Agency.objects.get(name=NAME)
    assert (made.max_level, made.may_hold, made.desk.receives_alerts) == (3, 8, False)
    assert not one.faults and not other.faults
