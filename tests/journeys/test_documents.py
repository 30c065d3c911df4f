"""A paper photographed on a phone, checked, read at a desk and taken back; a closed case that must not be erased."""

import io
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from django.utils import timezone
from PIL import Image

from agencies.models import Role
from foundation.actor import acting_as
from referral.closing.operations import move_case
from tests import factories as f
from tests.roles import as_role
from victims.files.tasks import files as due_work

from .walk import FORMS, Walk, expect

pytestmark = pytest.mark.django_db(transaction=True)
TITLE = "Récépissé de la préfecture, mars"


@pytest.fixture
def people(transactional_db, tmp_path, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "files": {"BACKEND": "foundation.files.storing.Folder", "OPTIONS": {"location": str(tmp_path)}},
    }
    settings.CLAMAV_ADDRESS, settings.FILES_UNSCANNED = "", True
    f.national()
    worker = f.member(f.shelter(may_hold=31))
    return {"worker": worker, "mate": f.member(worker.agency), "case": f.own_case(worker)}


def photograph() -> dict:
    made = io.BytesIO()
    Image.new("RGB", (300, 200), "white").save(made, "JPEG")
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": made.getvalue()}


def test_paper_is_added_by_phone_read_at_a_desk_and_taken_back(people, live_server, browser):
    case = people["case"]
    phone = Walk(browser, live_server, people["worker"], forms=FORMS)
    phone.open(f"/dossiers/{case.pk}/")
    phone.open(f"/dossiers/{case.pk}/documents/")
    phone.check("documents-empty")
    phone.go('a:text-is("Ajouter un document")')
    phone.check("document-new")
    archive = {"name": "papiers.zip", "mimeType": "application/zip", "buffer": b"PK\x03\x04" + bytes(200)}
    phone.page.locator("input[type=file]").set_input_files(archive)
    phone.page.locator('input[name="sort"][value="attestation"]').check(force=True)
    phone.page.locator('input[name="title"]').fill(TITLE)
    phone.page.locator('button:text-is("Ajouter ce document")').click()
    expect(phone.page.locator(".fr-alert--error").first).to_be_visible()
    expect(phone.page.locator('input[name="title"]')).to_have_value(TITLE)
    expect(phone.page.locator('input[name="sort"][value="attestation"]')).to_be_checked()
    phone.check("document-refused")
    assert phone.page.evaluate("document.querySelector('input[type=file]').files.length") == 0
    phone.page.locator("input[type=file]").set_input_files(photograph())
    phone.page.locator('input[name="title"]').fill("")
    phone.page.locator('button:text-is("Ajouter ce document")').click()
    expect(phone.page.get_by_text("Écrivez un titre").first).to_be_visible()
    phone.page.locator('input[name="title"]').fill(TITLE)  # the photo that was taken is still there
    phone.page.locator('button:text-is("Ajouter ce document")').click()
    expect(phone.page.get_by_text("En vérification")).to_be_visible()
    assert phone.page.locator('button:has-text("Télécharger")').count() == 0
    phone.check("document-quarantine")
    with as_role("nrm_worker"):
        assert due_work() == 1

    desk = Walk(browser, live_server, people["mate"], width=1280, forms=FORMS)
    desk.open(f"/dossiers/{case.pk}/documents/")
    with desk.page.expect_download() as fetched:
        desk.page.locator('button:has-text("Télécharger")').click()
    assert fetched.value.suggested_filename == f"{case.reference}-attestation.jpg"
    assert Path(fetched.value.path()).read_bytes()[:3] == b"\xff\xd8\xff"
    desk.page.mouse.move(0, 0)
    desk.check("document-ready")
    desk.go(f'a:text-is("{TITLE}")')
    desk.page.locator('input[name="reason"][value="person"]').check(force=True)
    desk.check("document-detail")
    desk.go('button:has-text("Retirer ce document")')
    expect(desk.page.get_by_text("Document retiré")).to_be_visible()
    desk.open(f"/dossiers/{case.pk}/documents/")
    assert TITLE not in desk.page.content()
    desk.check("document-withdrawn")
    desk.open("/documents-sous-secret/")
    desk.check("documents-secret")
    assert not phone.faults and not desk.faults


def test_closed_case_is_kept_by_two_and_let_go_by_two(people, live_server, browser):
    case = people["case"]
    with acting_as(people["worker"]):
        move_case(people["worker"], case.pk, "close", reason="autonomy")
    one = Walk(browser, live_server, people["worker"], forms=FORMS)
    one.open(f"/dossiers/{case.pk}/etat/")
    one.go('a:has-text("Empêcher l\'effacement")')
    one.check("keeping")
    one.go('button:text-is("Conserver le dossier")')
    expect(one.page.get_by_text("Indiquez qui le demande").first).to_be_visible()
    one.check("keeping-refused")
    one.page.locator('input[name="ground"]').first.check(force=True)
    one.page.locator('[name="authority"]').fill("Tribunal judiciaire fictif, procédure 26/114")
    one.page.locator('[name="reason"]').fill("Le dossier entier, pour l'audience.")
    one.page.locator('[name="review_on"]').fill(str(timezone.localdate() + timedelta(days=90)))
    one.go('button:text-is("Conserver le dossier")')
    expect(one.page.get_by_text("Une seconde personne doit le confirmer").first).to_be_visible()
    one.check("kept-by-one")
    two = Walk(browser, live_server, people["mate"], width=1280, forms=FORMS)
    two.open("/conservation/")
    two.check("holds")
    two.open(f"/dossiers/{case.pk}/conservation/")
    two.go('button:has-text("Confirmer la conservation")')
    two.go('button:has-text("Demander la levée")')
    one.open(f"/dossiers/{case.pk}/conservation/")
    one.go('button:has-text("Confirmer la levée")')
    expect(one.page.get_by_text("Levée", exact=True).first).to_be_visible()
    one.check("let-go")
    auditor = Walk(browser, live_server, f.member(f.shelter(), Role.AUDITOR), width=1280, forms=FORMS)
    auditor.open("/effacements/")
    auditor.check("erasures")
    assert not one.faults and not two.faults and not auditor.faults


class Refusing(BaseHTTPRequestHandler):
    """Answer as the proxy does when it gives no place to what is sent (deploy/Caddyfile), or no web answers."""

    statuses = []

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = "Erreur. Réessayez dans un instant.".encode()
        self.send_response(self.statuses.pop(0))
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def refusing():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_who_is_refused_a_place_keeps_what_was_chosen_and_sends_it_again(people, live_server, browser, refusing):
    case = people["case"]
    phone = Walk(browser, live_server, people["worker"], forms=FORMS)
    phone.open(f"/dossiers/{case.pk}/documents/ajouter/")
    page = phone.page
    page.locator("input[type=file]").set_input_files(photograph())
    page.locator('input[name="sort"][value="attestation"]').check(force=True)
    page.locator('input[name="title"]').fill(TITLE)

    def refuse(route):
        if route.request.method != "POST":
            return route.continue_()
        return route.fulfill(response=route.fetch(url=refusing))

    page.route(page.url, refuse)
    for status, said in (
        # no two alike in a row: a second press, while the first answer is awaited, sends nothing
        (502, "Le service n'a pas répondu. Votre saisie est gardée ici : renvoyez dans une minute."),
        (503, "Trop d'envois en ce moment. Votre saisie est gardée ici : renvoyez dans une minute."),
        (504, "Le service n'a pas répondu. Votre saisie est gardée ici : renvoyez dans une minute."),
        (413, "Ce fichier dépasse 15"),
    ):
        Refusing.statuses.append(status)
        page.locator('button:text-is("Ajouter ce document")').click()
        expect(page.locator("[data-state]")).to_contain_text(said)
        expect(page.locator('input[name="title"]')).to_have_value(TITLE)
        expect(page.locator('input[name="sort"][value="attestation"]')).to_be_checked()
        assert page.locator("input[type=file]").evaluate("field => field.files[0].name") == "photo.jpg"
    phone.check("document-without-a-place")
    page.unroute(page.url)
    page.locator('button:text-is("Ajouter ce document")').click()
    expect(page.get_by_text("En vérification")).to_be_visible()
