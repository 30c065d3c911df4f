"""Somebody arrives: reads what waits and what comes, and an older case once it is assigned or taken over."""

import pytest
from django.utils import timezone

from agencies.models import Membership, Role
from tests import factories as f
from tests.roles import as_role

from .walk import FORMS, Walk, expect

pytestmark = pytest.mark.django_db(transaction=True)
LIMIT = "Vous voyez les dossiers reçus depuis votre arrivée le"


@pytest.fixture
def people(transactional_db):
    f.national()
    unit = f.coordination(name="Coordination traite Île-de-France (fictive)")
    home = f.shelter(name="Foyer Horizon (fictif)")
    worker = f.member(home)
    cases = [f.own_case(worker) for _ in range(2)]
    alert = f.sent_alert(f.member(f.agency(), Role.FRONTLINE), desks=[home.pk])
    new = f.member(home, cases_from=timezone.now())
    with as_role("nrm_owner"):
        new.user.full_name = "Recrue Démo"
        new.user.save()
    everybody = {"worker": worker, "new": new, "boss": f.member(home, Role.AGENCY_ADMIN)}
    return {**everybody, "unit": f.member(unit, Role.COORDINATOR), "cases": cases, "alert": alert}


def test_newcomer_reads_older_cases_once_they_are_given(people, live_server, browser):
    new = Walk(browser, live_server, people["new"], forms=FORMS)
    new.open("/boite/")
    expect(new.page.locator("main").get_by_text(people["alert"].reference).first).to_be_visible()
    new.open("/dossiers/")
    expect(new.page.get_by_text(LIMIT)).to_be_visible()
    expect(new.page.get_by_text(people["cases"][0].reference)).to_have_count(0)
    new.check("newcomer-cases")

    worker = Walk(browser, live_server, people["worker"], forms=FORMS)
    worker.open(f"/dossiers/{people['cases'][0].pk}/acces/")
    worker.page.get_by_label("Affecter à").select_option(label="Recrue Démo")
    worker.go('button:text-is("Affecter")')
    worker.check("case-access-assigned")
    new.open("/dossiers/")
    expect(new.page.get_by_text(people["cases"][0].reference)).to_be_visible()

    boss = Walk(browser, live_server, people["boss"], forms=FORMS)
    with as_role("nrm_owner"):
        Membership.objects.filter(pk=people["worker"].pk).update(active=False)
    boss.open("/organisation/membres/")
    expect(boss.page.get_by_text("Dossiers que personne ici ne voit")).to_be_visible()
    boss.check("members-unseen")
    boss.go('a:text-is("Recrue Démo")')
    boss.check("member-unseen")
    boss.go('button:text-is("Demander la reprise")')
    boss.check("member-asked")

    unit = Walk(browser, live_server, people["unit"], forms=FORMS)
    unit.open("/organisation/arrivees/")
    unit.go('a:text-is("Recrue Démo")')
    unit.check("arrival-files")
    unit.go('button:text-is("Confier ces dossiers")')
    expect(unit.page.get_by_text("les dossiers sont confiés")).to_be_visible()
    new.open("/dossiers/")
    expect(new.page.get_by_text(people["cases"][1].reference)).to_be_visible()
    assert not new.faults and not worker.faults and not boss.faults and not unit.faults
