"""A worker reaches the limit of reading; a colleague lifts it; the worker goes on. On a phone and at a desk."""

import pytest

from agencies.models import Role
from tests import factories as f
from tests.roles import as_role
from victims.models import ReadingAlarm

from .walk import FORMS, Walk

pytestmark = pytest.mark.django_db(transaction=True)


def test_limit_reached_and_lifted(transactional_db, live_server, browser, settings):
    settings.READ_BUDGETS = {"person": dict.fromkeys(("file", "identity", "contact"), {"hour": 3, "week": 9})}
    f.national()
    f.coordination()
    home = f.shelter(name="Foyer Horizon (fictif)")
    reader, mate = f.member(home), f.member(home)
    auditor = f.member(f.agency(desk=False), Role.AUDITOR)
    cases = [f.own_case(reader) for _ in range(4)]
    worker = Walk(browser, live_server, reader, forms=FORMS)
    for case in cases[:3]:
        worker.open(f"/dossiers/{case.pk}/")
    worker.page.goto(f"{live_server.url}/dossiers/{cases[3].pk}/")
    worker.page.get_by_role("heading", name="Limite de consultation atteinte").wait_for()
    worker.page.get_by_text("3 dossiers différents en une heure").wait_for()
    worker.page.get_by_text("17, le 112").first.wait_for()
    worker.check("spent")
    with as_role("nrm_owner"):
        alarm = ReadingAlarm.objects.get()
    worker.page.get_by_role("link", name=alarm.reference).click()
    worker.page.get_by_text("Vous ne pouvez pas lever votre propre limite").wait_for()
    worker.check("own")
    second = Walk(browser, live_server, mate, width=1280, forms=FORMS)
    second.open("/")
    second.page.get_by_role("link", name="Consultations de dossiers anormalement nombreuses").click()
    second.page.get_by_role("link", name=alarm.reference).wait_for()
    second.check("list")
    second.open(f"/lectures/{alarm.pk}/")
    second.page.get_by_label("Pourquoi cette personne a besoin").fill("Revue des dossiers avant la visite de lundi")
    second.check("lift")
    second.go('button:has-text("Lever la limite")')
    second.page.get_by_text("Levée jusqu'à").wait_for()
    second.check("lifted")
    worker.open(f"/dossiers/{cases[3].pk}/")
    audit = Walk(browser, live_server, auditor, width=1280, forms=FORMS)
    audit.open(f"/lectures/{alarm.pk}/")
    audit.page.get_by_text("Revue des dossiers").wait_for()
    assert audit.page.locator("button:has-text('Lever la limite')").count() == 0
    assert not second.faults and not audit.faults
