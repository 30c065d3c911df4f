"""The person asks for a copy of her data: recorded on a phone, printed at a desk, answered; another one refused."""

import pytest
from django.utils.timezone import localdate

from foundation.actor import acting_as
from tests import factories as f
from victims.data_requests.operations import add_request
from victims.path.operations import write_episode
from victims.thread.operations import write_entry

from .walk import FORMS, Walk, expect

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "Elle veut savoir qui lit son dossier."
PATH = "Logée par l'employeur, papiers gardés."


@pytest.fixture
def people(transactional_db):
    f.national()
    worker = f.member(f.shelter(may_hold=31))
    case = f.own_case(worker)
    with acting_as(worker):
        write_entry(worker, case.pk, sort="message", text=WORDS)
        write_episode(worker, case.pk, data={"form": "unknown", "note": PATH})
    return {"worker": worker, "mate": f.member(worker.agency), "case": case}


def test_copy_is_asked_prepared_handed_over_and_another_request_refused(people, live_server, browser):
    case = people["case"]
    phone = Walk(browser, live_server, people["worker"], forms=FORMS)
    phone.open(f"/dossiers/{case.pk}/demandes-de-la-personne/")
    phone.check("data-requests-empty")
    phone.go('a:text-is("Enregistrer une demande")')
    phone.go('button:text-is("Enregistrer cette demande")')
    expect(phone.page.get_by_text("Indiquez ce qui est demandé.").first).to_be_visible()
    phone.check("data-request-faults")
    for name, value in (("kind", "access"), ("asked_by", "person"), ("identity", "known")):
        phone.page.locator(f'input[name="{name}"][value="{value}"]').check(force=True)
    phone.go('button:text-is("Enregistrer cette demande")')
    expect(phone.page.get_by_text("au plus tard le").first).to_be_visible()
    phone.check("data-request")

    desk = Walk(browser, live_server, people["mate"], width=1280, forms=FORMS)
    desk.open(f"/dossiers/{case.pk}/demandes-de-la-personne/")
    desk.check("data-requests")
    desk.go('a:text-is("Savoir ce qui est conservé à son sujet, et le recevoir")')
    desk.go('a:text-is("Préparer la copie")')
    desk.page.locator('input[name="given"]').first.check(force=True)
    desk.check("data-copy")
    desk.go('button:text-is("Afficher ces parties")')
    expect(desk.page.locator('input[name="given"]').first).to_be_checked()  # what was ticked before stays so
    desk.page.locator("label", has_text=PATH).click()
    desk.check("data-copy-apart")
    desk.go('button:text-is("Afficher la copie")')
    expect(desk.page.get_by_text(WORDS)).to_be_visible()
    desk.check("data-copy-print")
    desk.page.emulate_media(media="print")
    paper = desk.page.locator("body").inner_text() + desk.page.title()
    assert "Repère" not in paper and "détruisez" not in paper and WORDS in paper and PATH in paper  # decision 30
    desk.page.emulate_media(media="screen")
    desk.go('a:text-is("Revenir à la demande")')
    desk.page.locator('[name="answer-text"]').fill("Copie lue avec elle au service, laissée chez son avocat.")
    desk.go('button:text-is("Enregistrer la réponse")')
    expect(desk.page.get_by_text("Réponse donnée").first).to_be_visible()
    desk.check("data-request-answered")
    assert not phone.faults and not desk.faults


def test_a_limitation_is_granted_seen_by_who_acts_and_ended(people, live_server, browser):
    case = people["case"]
    with acting_as(people["worker"]):
        said = {"asked_by": "person", "identity": "known", "way": "hand", "text": "Elle conteste une date."}
        made = add_request(people["worker"], case.pk, kind="limitation", received_on=localdate(), **said)
    phone = Walk(browser, live_server, people["worker"], forms=FORMS)
    phone.open(f"/demandes-de-la-personne/{made.pk}/")
    phone.check("data-request-limitation")
    phone.page.locator('[name="answer-text"]').fill("Limitée ce jour, dit à l'entretien.")
    phone.go('button:text-is("Enregistrer la réponse")')
    desk = Walk(browser, live_server, people["mate"], width=1280, forms=FORMS)
    desk.open(f"/dossiers/{case.pk}/")
    expect(desk.page.get_by_text("Utilisation limitée à la demande de la personne")).to_be_visible()
    desk.check("case-limited")
    phone.open(f"/dossiers/{case.pk}/demandes-de-la-personne/")
    phone.check("data-requests-limited")
    phone.page.locator('input[name="because"][value="corrected"]').check(force=True)
    phone.go('button:text-is("Mettre fin à la limitation")')
    expect(phone.page.get_by_text("Informez d'abord la personne").first).to_be_visible()
    phone.check("limitation-faults")
    phone.page.locator('input[name="told"]').check(force=True)
    phone.go('button:text-is("Mettre fin à la limitation")')
    expect(phone.page.get_by_text("Utilisation limitée à la demande")).to_have_count(0)
    assert not phone.faults and not desk.faults
