"""An administrator invites; the roles wait for a second person, who finds them in her space; everybody reads it."""

import pytest

from agencies.models import Membership, Role
from tests import factories as f
from tests.notifications.post import fan_out
from tests.referral.organisations.test_accounts import activate
from tests.roles import as_role

from .walk import FORMS, Walk, expect

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(transactional_db):
    f.national()
    f.coordination(name="Coordination traite Île-de-France (fictive)")
    home = f.shelter(name="Foyer Horizon (fictif)")
    return {"boss": f.member(home, Role.AGENCY_ADMIN), "worker": f.member(home)}


def test_roles_wait_until_a_second_person_agrees(people, live_server, browser):
    boss = Walk(browser, live_server, people["boss"], forms=FORMS)
    boss.open("/organisation/membres/inviter/")
    boss.page.get_by_label("Prénom et nom").fill("Recrue Démo")
    boss.page.get_by_label("Adresse électronique").fill("recrue@exemple.invalid")
    boss.page.get_by_label("Travaille sur les dossiers", exact=False).check(force=True)
    boss.go('button:text-is("Inviter")')
    expect(boss.page.get_by_text("Ces rôles attendent l'accord d'une seconde personne")).to_be_visible()
    boss.check("member-waits")
    boss.go('button:has-text("Créer un code")')
    code = "".join(boss.page.locator(".rp-code span").all_inner_texts())
    assert activate(email="recrue@exemple.invalid", code=code).status_code == 302
    with as_role("nrm_owner"):
        made = Membership.objects.select_related("user", "agency").get(user__email="recrue@exemple.invalid")
    recruit = Walk(browser, live_server, made, forms=FORMS)
    recruit.open("/")
    expect(recruit.page.locator("h1")).to_have_text("Charte d'usage")
    recruit.check("charter")
    recruit.go('button:has-text("je l\'accepte")')
    expect(recruit.page).to_have_url(f"{live_server.url}/")
    recruit.check("home-waits")
    recruit.go('a:has-text("Vos rôles attendent")')
    expect(recruit.page.get_by_text("Attend l'accord d'une seconde personne de votre organisme")).to_be_visible()
    recruit.check("arrival-waits")
    fan_out()
    worker = Walk(browser, live_server, people["worker"], forms=FORMS)
    worker.open("/")
    worker.go('a:has-text("Des rôles à accorder")')
    expect(worker.page.get_by_text("En attente de votre décision")).to_be_visible()
    worker.check("arrivals")
    worker.go('a:text-is("Recrue Démo")')
    worker.check("arrival-to-decide")
    worker.go('button:text-is("Accorder ces rôles")')
    expect(worker.page.get_by_text("Accordé : les rôles valent dès maintenant")).to_be_visible()
    worker.check("arrival-agreed")
    recruit.open("/dossiers/")
    expect(recruit.page.locator("h1")).to_have_text("Dossiers")
    assert not boss.faults and not recruit.faults and not worker.faults
