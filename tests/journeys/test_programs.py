"""An administrator makes a program; a second person agrees; its secret is shown once; it is cut."""

import pytest

from agencies.models import Membership, Role
from tests import factories as f

from .walk import FORMS, Walk, expect

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(transactional_db):
    f.national()
    home = f.shelter(name="Foyer Horizon (fictif)")
    return {"boss": f.member(home, Role.AGENCY_ADMIN), "worker": f.member(home)}


def test_a_program_is_made_agreed_to_and_cut(people, live_server, browser):
    boss, worker = (Walk(browser, live_server, people[who], forms=FORMS) for who in ("boss", "worker"))
    boss.open("/organisation/membres/")
    boss.go('a:text-is("Logiciels connectés")')
    boss.page.get_by_label("Nom du logiciel").fill("Logiciel de suivi")
    boss.page.get_by_label("Travaille sur les alertes, demandes et dossiers").check(force=True)
    boss.check("programs")
    boss.go('button:text-is("Créer")')
    expect(boss.page.get_by_text("Ne voit rien pour le moment")).to_be_visible()
    boss.check("program-waits")
    boss.go('button:text-is("Afficher le secret")')
    assert len(boss.page.locator("[data-secret]").inner_text()) > 60
    boss.check("program-secret")
    boss.go('a:text-is("Il est dans le logiciel")')
    worker.open("/organisation/arrivees/")
    worker.go('a:text-is("Logiciel de suivi")')
    worker.check("program-to-decide")
    worker.go('button:text-is("Accorder")')
    boss.open("/organisation/programmes/")
    expect(boss.page.get_by_text("En usage")).to_be_visible()
    boss.go('a:text-is("Logiciel de suivi")')
    boss.check("program")
    boss.page.get_by_text("Couper l'accès de ce logiciel").click()
    boss.go('button:text-is("Couper maintenant")')
    expect(boss.page.get_by_text("Coupé", exact=True)).to_be_visible()
    assert not Membership.objects.get(kind="service").active
    assert not boss.faults and not worker.faults
