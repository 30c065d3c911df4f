"""An administrator makes a program; a second person agrees; its secret is shown once; it is cut. Its
webhook takes two persons too."""

import pytest
from jwcrypto.jwk import JWK
from standardwebhooks import Webhook

from agencies.models import Membership, Role
from notifications.operations import hooks
from tests import factories as f
from tests.notifications.listener import Listener
from tests.notifications.post import committed_worker
from tests.referral.api import Caller
from tests.roles import as_role

from .walk import FORMS, Walk, expect

KEY = JWK.generate(kty="OKP", crv="Ed25519")
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
    boss.page.get_by_label("Envoyer des alertes").check(force=True)
    boss.page.get_by_label("Traiter les alertes, demandes et dossiers").check(force=True)
    boss.go('button:text-is("Enregistrer ce logiciel")')
    expect(boss.page.get_by_text("cochez les deux").first).to_be_visible()
    boss.check("programs-faults")
    boss.page.get_by_label("Lire les alertes, demandes et dossiers").check(force=True)
    boss.check("programs")
    boss.go('button:text-is("Enregistrer ce logiciel")')
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
    expect(boss.page.get_by_text("Accès ouvert")).to_be_visible()
    boss.go('a:text-is("Logiciel de suivi")')
    boss.check("program")
    boss.page.get_by_text("Enregistrer une clé publique").click()
    boss.page.get_by_label("Clé publique").fill(KEY.export_to_pem(private_key=True, password=None).decode())
    boss.go('button:text-is("Enregistrer cette clé")')
    expect(boss.page.get_by_text("C'est la clé privée").first).to_be_visible()
    assert boss.page.get_by_label("Clé publique").input_value() == ""
    boss.check("program-private-key")
    boss.page.get_by_label("Clé publique").fill(KEY.export_to_pem().decode())
    boss.go('button:text-is("Enregistrer cette clé")')
    expect(boss.page.get_by_text(KEY.thumbprint())).to_be_visible()
    boss.check("program-key")
    boss.page.get_by_label("Traiter les alertes, demandes et dossiers").uncheck(force=True)
    boss.go('button:text-is("Modifier ce qu\'il peut faire")')
    expect(boss.page.get_by_text("lit, alerte", exact=True)).to_be_visible()
    boss.check("program-narrowed")
    boss.page.get_by_text("Couper l'accès de ce logiciel").click()
    boss.go('button:text-is("Couper maintenant")')
    expect(boss.page.get_by_text("Accès coupé", exact=True)).to_be_visible()
    assert not Membership.objects.get(kind="service").active
    assert not boss.faults and not worker.faults


def test_a_webhook_is_asked_agreed_to_tested_and_paused(people, live_server, browser):
    boss, worker = (Walk(browser, live_server, people[who], forms=FORMS) for who in ("boss", "worker"))
    program, here = f.program(people["boss"].agency), Listener()
    with as_role("nrm_owner"):
        Membership.objects.filter(pk=program.pk).update(title="Logiciel de suivi")
    try:
        boss.open(f"/organisation/programmes/{program.pk}/")
        boss.go('a:text-is("Ajouter une adresse")')
        boss.page.get_by_label("Adresse").fill("ftp://logiciel.example/")
        boss.go('button:text-is("Demander, et afficher le secret")')
        expect(boss.page.get_by_text("Écrivez une adresse qui commence par https://").first).to_be_visible()
        boss.check("webhook-new")
        boss.page.get_by_label("Adresse").fill(here.url)
        boss.go('button:text-is("Demander, et afficher le secret")')
        secret = boss.page.locator("[data-secret]").inner_text()
        boss.check("webhook-secret")
        boss.go('a:text-is("Il est dans le logiciel")')
        expect(boss.page.get_by_text("Rien ne part avant.")).to_be_visible()
        boss.check("webhook-waits")
        worker.open("/organisation/arrivees/")
        worker.go('a:text-is("Logiciel de suivi")')
        worker.check("webhook-to-decide")
        worker.go('button:text-is("Accorder")')
        boss.page.reload()
        boss.go('button:has-text("Envoyer un appel")')
        with committed_worker():
            assert hooks.post_due() == 1
        [(headers, body)] = here.seen
        assert Webhook(secret).verify(body, headers) == {"type": "test", "data": {"position": 1}}
        boss.page.reload()
        boss.page.get_by_text("Renvoyer des appels").click()
        boss.check("webhook")
        boss.go('button:text-is("Suspendre")')
        expect(boss.page.get_by_text("par une personne qui gère les accès")).to_be_visible()
        boss.open(f"/organisation/programmes/{program.pk}/")
        boss.check("program-with-webhook")
        for path in ("cases/", "nowhere/", "alerts/"):
            Caller(program).get(path)
        boss.go('a:text-is("Requêtes faites par ce logiciel")')
        expect(boss.page.get_by_text("GET /cases/")).to_be_visible()
        boss.check("program-calls")
        assert not boss.faults and not worker.faults
    finally:
        here.end()
