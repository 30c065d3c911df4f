"""A shelter asks for a place and a stand-in; the stand-in agrees, then the coordination; each finds it in its space."""

import pytest

from agencies.models import Kind, Role
from tests import factories as f

from .walk import FORMS, Walk, expect

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(transactional_db):
    f.national()
    f.territory("92", "Hauts-de-Seine")
    unit = f.coordination(name="Coordination traite Île-de-France (fictive)", territories=("75", "92"))
    home, union = f.shelter(name="Foyer Horizon (fictif)"), f.agency(Kind.UNION, name="Union locale (fictive)")
    return {
        "boss": f.member(home, Role.AGENCY_ADMIN),
        "union": f.member(union, Role.AGENCY_ADMIN),
        "coord": f.member(unit, Role.COORDINATOR),
    }


def test_what_a_desk_asks_to_receive_is_agreed_to(people, live_server, browser):
    boss = Walk(browser, live_server, people["boss"], forms=FORMS)
    boss.open("/organisation/modifier/")
    boss.page.get_by_label("Départements où vous intervenez").fill("75 92")
    boss.page.get_by_label("Organisme suppléant").select_option(label="Union locale (fictive)")
    boss.check("organisation-edit")
    boss.go('button:text-is("Enregistrer")')
    expect(boss.page.get_by_text("Demandé, pas encore reçu")).to_be_visible()
    boss.check("organisation-asked")
    union = Walk(browser, live_server, people["union"], forms=FORMS)
    union.open("/")
    union.go('a:has-text("Services qui demandent à élargir")')
    union.check("desk-changes-stand-in")
    union.go('.rp-card--due a:text-is("Foyer Horizon (fictif)")')
    union.check("desk-change-stand-in")
    union.go('button:text-is("Accorder")')
    expect(union.page.get_by_text("La coordination décide ensuite")).to_be_visible()
    coord = Walk(browser, live_server, people["coord"], forms=FORMS)
    for left in (2, 1):
        coord.open("/organisation/demandes/")
        expect(coord.page.locator(".rp-card--due")).to_have_count(left)
        coord.check(f"desk-changes-{left}")
        coord.go('.rp-card--due a:text-is("Foyer Horizon (fictif)")')
        coord.check(f"desk-change-{left}")
        coord.go('button:text-is("Accorder")')
        expect(coord.page.get_by_text("cela vaut tout de suite")).to_be_visible()
    boss.open("/organisation/")
    expect(boss.page.get_by_text("Union locale (fictive)")).to_be_visible()
    expect(boss.page.get_by_text("Hauts-de-Seine")).to_be_visible()
    assert not boss.faults and not union.faults and not coord.faults
