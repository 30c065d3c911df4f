"""Procedures in a real browser: the keyboard alone, no script, phone and desk, light and dark, accessibility."""

import pytest

from agencies.models import Role
from tests import factories as f

from .walk import Walk, expect

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lead(transactional_db):
    f.service("health_care")
    return f.member(f.coordination(name="Coordination d'essai (fictive)"), Role.COORDINATOR)


@pytest.mark.parametrize(("width", "scheme", "script"), [(390, "dark", False), (1280, "light", True)])
def test_from_the_case_to_the_agenda(browser, live_server, lead, width, scheme, script):
    case = f.case(lead)
    walk = Walk(browser, live_server, lead, width=width, scheme=scheme, script=script)
    walk.open(f"/dossiers/{case.pk}/")
    if width < 800:
        walk.click(".fr-sidemenu summary")  # on a phone the sections are behind one line
    walk.go("text=Procédures et délais")
    expect(walk.page.locator("text=Pas encore proposé")).to_be_visible()
    if script:
        walk.check("procedures-section")
    walk.go("text=Noter la proposition et la réponse")
    walk.page.get_by_label("Elle accepte les trente jours").check(force=True)
    walk.go("text=Enregistrer")
    # the day of the answer is missing: said beside the field, and what was chosen stays
    expect(walk.page.get_by_label("Elle accepte les trente jours")).to_be_checked()
    if script:
        walk.check("procedures-reflection-error")
    walk.page.locator("input[name=answered_on]").fill(walk.page.locator("input[name=offered_on]").input_value())
    walk.go("text=Enregistrer")
    expect(walk.page.locator("article", has_text="Délai de réflexion").first).to_contain_text("30 jours restants")
    begin = walk.page.locator("article", has_text="Soins et soutien psychologique").locator("button")
    begin.focus()
    walk.enter()
    expect(walk.page.get_by_role("heading", name="Soins et soutien psychologique")).to_be_visible()
    if script:
        walk.check("procedures-checklist")
    walk.page.locator("a", has_text="Régler cette étape").first.focus()
    walk.enter()
    if script:
        walk.check("procedures-step")
    walk.page.get_by_role("button", name="C'est fait, noter").focus()
    walk.enter()
    expect(walk.page.locator("text=Étapes réglées : 1 sur 3")).to_be_visible()
    walk.open("/agenda/")
    expect(walk.page.locator(".rp-list tbody tr")).to_have_count(1)
    if script:
        walk.check("agenda")
    walk.go(".rp-list tbody th a")
    expect(walk.page.locator("text=compté depuis le")).to_be_visible()
    if script:
        walk.check("clock")
    assert not walk.faults


def test_public_pages_are_readable_by_everyone(browser, live_server, lead):
    walk = Walk(browser, live_server, lead, forms=((320, "light"), (390, "dark"), (1280, "light")))
    walk.context.clear_cookies()
    walk.open("/procedures/")
    walk.page.get_by_label("Qui êtes-vous ?").select_option("sante")
    walk.page.get_by_label("Pour qui ?").select_option("enfant")
    walk.check("public-procedures")
    walk.go("text=Montrer mes étapes")
    expect(walk.page.locator("h2", has_text="Là où vous agissez")).to_be_visible()
    walk.check("public-procedures-list")
    walk.go("text=Mineur : information préoccupante")
    expect(walk.page.locator("text=Sans valeur légale").first).to_be_visible()
    walk.check("public-procedure")
    walk.page.emulate_media(media="print")
    expect(walk.page.locator(".fr-header__menu")).to_be_hidden()
    expect(walk.page.locator("h1")).to_be_visible()
    assert not walk.faults
