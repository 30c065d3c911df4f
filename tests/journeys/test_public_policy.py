"""The public site of the policy in a real browser, as a journalist meets it: light, alone, readable by everybody."""

import pytest
from django.test import Client

from .test_surface import weight
from .walk import RULES, axe, expect

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = ("/plan/", "/plan/recherche/?q=mineurs", "/plan/recherche/?q=introuvablissime", "/statistiques/",
         "/statistiques/associations_survey/", "/statistiques/recorded_victims/", "/annuaire/",
         "/annuaire/?q=introuvablissime", "/donnees/", "/donnees/public_figures/", "/en/statistiques/")  # fmt: skip


@pytest.fixture
def opened(browser, live_server, policy_pack):
    contexts = []

    def make(**options):
        context = browser.new_context(base_url=live_server.url, **options)
        page = context.new_page()
        page.asked, page.said = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda line: page.said.append(line.text) if line.type in ("error", "warning") else None)
        contexts.append(context)
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(opened, width, scheme):
    page = opened(viewport={"width": width, "height": 844}, color_scheme=scheme)
    for address in PAGES:
        page.goto(address)
        found = axe.Axe().run(page, options=RULES).response["violations"]
        assert not found, (address, [(v["id"], [n["html"] for n in v["nodes"]]) for v in found])
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    assert page.said == []


def test_a_first_visit_is_light_and_asks_nobody_else(opened, live_server):
    for address in PAGES:
        page = opened(viewport={"width": 390, "height": 844})
        page.goto(address, wait_until="networkidle")
        assert len(page.asked) <= 12, (address, page.asked)
        assert all(url.startswith((live_server.url, "data:")) for url in page.asked), page.asked
        parts = [url.removeprefix(live_server.url) for url in page.asked if url.startswith(live_server.url)]
        weights = [weight(Client(), part) for part in parts]  # compressed, as production sends them
        assert sum(weights) <= 150_000, (address, weights)
        assert page.context.cookies() == []


def test_a_journalist_finds_the_plan_and_a_figure_without_script(opened):
    page = opened(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page.goto("/")
    page.get_by_role("navigation", name="Menu principal").get_by_role("link", name="Plan et chiffres").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("La lutte contre la traite en bref")
    page.get_by_role("link", name="Tous les chiffres").click()
    figure = page.locator("#police")
    expect(figure.get_by_role("img")).to_be_visible()
    expect(figure.get_by_role("row", name="2016")).to_contain_text("1 401 ou 1 439")
    page.goto("/plan/")
    page.get_by_label("Chercher dans le plan").fill("mineurs")
    page.get_by_role("main").get_by_role("button", name="Chercher").click()
    expect(page.get_by_role("status")).to_contain_text("résultats pour")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
