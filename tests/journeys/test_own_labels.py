"""A case opened under one's own reference and a nickname, found by both, changed, refused twice. Phone and desk."""

import pytest

from agencies.models import Level
from tests import factories as f

from .walk import FORMS, Walk

pytestmark = pytest.mark.django_db(transaction=True)


def test_case_is_called_as_its_agency_calls_it(transactional_db, live_server, browser):
    f.national()
    f.coordination()
    f.territory()
    home, away = f.shelter(name="Foyer Horizon (fictif)"), f.shelter(name="Maison Boréale (fictive)")
    worker, mate, stranger = f.member(home), f.member(home), f.member(away)
    first = f.own_case(worker)
    phone = Walk(browser, live_server, worker, forms=FORMS)
    phone.open("/dossiers/nouveau/")
    for name, value in (("when", "past"), ("minor", "no"), ("danger", "no")):
        phone.page.locator(f'input[name="{name}"][value="{value}"]').check(force=True)
    phone.page.locator("#id_agrees").check(force=True)
    phone.page.get_by_label("Référence interne de votre service").fill("2026-114")
    phone.page.get_by_label("Surnom").fill("Étoile")
    phone.check("new")
    phone.go('button:has-text("Ouvrir le dossier")')
    phone.page.get_by_text("Étoile").first.wait_for()
    phone.check("case")
    case = phone.path
    phone.open("/dossiers/")
    phone.page.get_by_text("Étoile · 2026-114").wait_for()
    phone.check("list")

    desk = Walk(browser, live_server, mate, width=1280, forms=FORMS)
    desk.open("/")
    desk.page.locator("#id_find").fill("etoile")
    desk.page.locator("#id_find").focus()
    desk.enter()
    desk.page.get_by_text("Étoile · 2026-114").wait_for()
    desk.check("found")
    desk.go("ul.fr-raw-list a.rp-reference")
    assert desk.path == case
    desk.open(f"/dossiers/{first.pk}/")
    desk.go('a:has-text("Donner au dossier une référence interne ou un surnom")')
    desk.page.get_by_label("Référence interne de votre service").fill("2026/114")
    desk.page.get_by_label("Surnom").fill("Etoile")
    desk.go('button:has-text("Enregistrer")')
    desk.page.get_by_role("link", name="Ouvrir le dossier").wait_for()
    desk.check("refused")
    desk.page.get_by_label("Référence interne de votre service").fill("2026-115")
    desk.go('button:has-text("Enregistrer")')
    desk.page.get_by_text("est aussi le surnom du dossier").wait_for()
    desk.check("namesake")

    asked = {"level": Level.SUMMARY, "state": "in_progress", "answerer": stranger}
    f.orientation(worker, first, away, **asked)
    other = Walk(browser, live_server, stranger)
    other.open(f"/dossiers/{first.pk}/")
    assert "2026-115" not in other.page.content() and "Etoile" not in other.page.content()
    other.open("/recherche/")
    other.page.locator("#id_reference").fill("Étoile")
    other.page.locator("#id_reference").focus()
    other.enter()
    other.page.get_by_text("Rien sous cette référence").first.wait_for()
    assert not phone.faults and not desk.faults and not other.faults
