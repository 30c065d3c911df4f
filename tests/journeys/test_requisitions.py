"""A prosecutor demands data: recorded on a phone, what was handed over said at a desk; another one not followed."""

import pytest

from agencies.models import Role
from tests import factories as f
from tests.roles import as_role
from victims.models import CaseAccess, Requisition

from .walk import FORMS, Walk, expect

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "PV 2026/118 : attestation d'hébergement, du 1er au 15 mai."


@pytest.fixture
def people(transactional_db):
    f.national()
    worker = f.member(f.shelter(may_hold=31))
    front = f.member(worker.agency, Role.FRONTLINE)
    return {"worker": worker, "mate": f.member(worker.agency), "front": front, "case": f.own_case(worker)}


def test_requisition_is_recorded_answered_and_another_one_not_followed(people, live_server, browser):
    case = people["case"]
    phone = Walk(browser, live_server, people["worker"], forms=FORMS)
    phone.open(f"/dossiers/{case.pk}/requisitions/")
    phone.check("requisitions-empty")
    for ended in range(3):
        phone.open(f"/dossiers/{case.pk}/requisitions/")
        phone.go('a:text-is("Enregistrer une réquisition")')
        if not ended:
            phone.go('button:text-is("Enregistrer cette réquisition")')
            expect(phone.page.get_by_text("Indiquez quelle autorité requiert.").first).to_be_visible()
            expect(phone.page.get_by_text("Vérifiez d'abord l'origine").first).to_be_visible()
            phone.check("requisition-faults")
        for name, value in (("authority", "prosecutor"), ("ground", "preliminary")):
            phone.page.locator(f'input[name="{name}"][value="{value}"]').check(force=True)
        phone.page.locator('[name="body"]').fill("Parquet, section des affaires familiales")
        phone.page.locator('[name="text"]').fill(WORDS)
        phone.go('button:text-is("Enregistrer cette réquisition")')
        expect(phone.page.get_by_text("Rien n'a été transmis").first).to_be_visible()
    phone.check("requisition")

    desk = Walk(browser, live_server, people["mate"], width=1280, forms=FORMS)
    desk.open("/")
    desk.go('a:has-text("Réquisitions à traiter")')
    desk.check("requisition-list")
    desk.go('a:text-is("Procureur de la République")')
    desk.page.locator('input[name="answer-given"]').first.check(force=True)
    desk.page.locator('[name="answer-to"]').fill("Brigade qui agit sur instruction du parquet")
    for asked in ("answer-origin", "answer-secrecy"):
        desk.page.locator(f'[name="{asked}"][value="yes"]').check(force=True)
    desk.go('button:text-is("Enregistrer la remise")')
    expect(desk.page.get_by_text("Éléments remis").first).to_be_visible()
    desk.check("requisition-answered")
    desk.page.locator('input[name="refuse-reason"][value="forged"]').check(force=True)  # found out afterwards
    desk.page.locator('[name="refuse-text"]').fill("Le parquet ne l'a pas écrite.")
    desk.go('button:text-is("Enregistrer le motif")')
    expect(desk.page.get_by_text("Un trafiquant a pu").first).to_be_visible()
    desk.check("requisition-forged")
    desk.go('a:text-is("Toutes les réquisitions de ce dossier")')
    desk.check("requisitions")
    desk.page.locator("article a").first.click()
    desk.page.locator('input[name="refuse-reason"][value="secrecy"]').check(force=True)
    desk.page.locator('[name="refuse-text"]').fill("Répondu par courrier, par la direction.")
    desk.go('button:text-is("Enregistrer le motif")')
    expect(desk.page.get_by_text("Sans remise").first).to_be_visible()
    phone.open("/requisitions/")
    expect(phone.page.get_by_text("Secret professionnel, pour un motif légitime").first).to_be_visible()
    phone.check("requisition-list-refused")
    with as_role("nrm_owner"):
        CaseAccess.objects.filter(case=case.pk).update(level=1)
        waits = Requisition.objects.get(ended_at=None)
    for walk in (phone, desk):  # the last one waits in a case that is closed to them: they may keep it
        walk.open(f"/requisitions/{waits.pk}/")
        walk.go('a:text-is("Durée de conservation")')
        expect(walk.page.get_by_text("Votre service ne lit plus ce dossier").first).to_be_visible()
        walk.check("requisition-keeping")
    door = Walk(browser, live_server, people["front"], forms=FORMS)
    door.open("/")
    door.go('a:text-is("Réquisitions de justice")')
    expect(door.page.get_by_text("prenez-en une copie").first).to_be_visible()
    door.check("requisition-at-the-door")
    assert not phone.faults and not desk.faults and not door.faults
