"""The frame of every page in a real browser: weight, requests, accessibility, reflow, quick exit, idle, keyboard."""

import gzip
import re
from functools import cache

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from agencies.models import Role
from tests import factories

from .walk import FORMS, TOO_SMALL, expect, looks, overflow, take_form, violations

pytestmark = pytest.mark.django_db(transaction=True)

PUBLIC = ["home", "login", "help", "witness", "discreet", "accessibility", "legal", "personal-data", "sitemap",
          "procedures:start", "procedures:text-list", "policy:home"]  # fmt: skip
PRIVATE = ["home", "profile", "membership-choose", "sitemap"]


@pytest.fixture
def member(transactional_db):
    return factories.member(factories.coordination(name="Coordination d'essai (fictive)"), Role.COORDINATOR)


@pytest.fixture
def opened(browser, live_server):
    """`opened(width=…, member=…)`: a page that notes what it asks for and what the security policy refuses."""
    contexts = []

    def make(*, width=390, scheme="light", script=True, member=None):
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 844},
            color_scheme=scheme,
            java_script_enabled=script,
        )
        if member is not None:
            client = Client()
            client.force_login(member.user, "django.contrib.auth.backends.ModelBackend")
            value = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
        page = context.new_page()
        page.asked, page.said = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda line: page.said.append(line.text) if line.type in ("error", "warning") else None)
        contexts.append(context)
        return page

    yield make
    for context in contexts:
        context.close()


def weight(client: Client, address: str) -> int:
    """Bytes on the wire, as a browser that takes gzip receives them. A static file is weighed once."""
    return static_weight(address) if address.startswith("/static/") else sent_weight(client, address)


@cache
def static_weight(address: str) -> int:
    """The image compresses static files once and for all; here they come as they are, but for the stylesheet."""
    answer = Client().get(address, headers={"accept-encoding": "gzip"})
    body = b"".join(answer.streaming_content)
    return len(body) if answer.get("Content-Encoding") == "gzip" else len(gzip.compress(body))


def sent_weight(client: Client, address: str) -> int:
    answer = client.get(address, headers={"accept-encoding": "gzip"})
    body = answer.content
    assert gzip.decompress(body) if answer.get("Content-Encoding") == "gzip" else body
    return len(body)


@pytest.mark.django_db
@pytest.mark.parametrize("name", PUBLIC)
def test_a_first_visit_is_light(name):
    client = Client()
    page = re.sub("<noscript>.*?</noscript>", "", client.get(reverse(name)).content.decode())
    parts = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
    assert 1 + len(parts) <= 6
    total = weight(client, reverse(name)) + sum(weight(client, part) for part in parts)
    assert total <= 40_000, total
    assert len(page.encode()) <= 25_000


@pytest.mark.django_db
def test_a_first_visit_to_signaler_is_light(member):
    """With all that its script may ask for."""
    client = Client()
    client.force_login(member.user, "django.contrib.auth.backends.ModelBackend")
    page = re.sub("<noscript>.*?</noscript>", "", client.get(reverse("referral:alert-start")).content.decode())
    parts = re.findall(r'(?:src|href|data-script)="(/static/[^"]+)"', page)
    assert any(part.endswith("drafts.js") for part in parts)
    total = weight(client, reverse("referral:alert-start")) + sum(weight(client, part) for part in parts)
    assert total <= 40_000, total


@pytest.mark.parametrize(("scheme", "paper"), [("dark", "rgb(22, 22, 22)"), ("light", "rgb(255, 255, 255)")])
def test_theme_follows_the_device_without_scripts(opened, scheme, paper):
    page = opened(script=False, scheme=scheme)
    page.goto(reverse("help"))
    assert page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor") == paper


def test_later_pages_are_light(member):
    client = Client()
    client.force_login(member.user, "django.contrib.auth.backends.ModelBackend")
    for name in PRIVATE:
        assert len(client.get(reverse(name)).content) <= 25_000, name


def test_pages_of_the_frame_are_accessible_narrow_and_ask_no_other_site(opened, member, live_server):
    """Each is opened once: what it asks for, then axe in each form, then the smallest phone."""
    for reader, names in ((None, PUBLIC), (member, PRIVATE)):
        page = opened(member=reader)
        for name in names:
            page.asked.clear()
            page.goto(reverse(name))
            for width, scheme, found in looks(page, FORMS):
                assert not found, (name, width, scheme, found)
            take_form(page, 390, "light")
            assert not (small := page.evaluate(TOO_SMALL)), (name, small)
            take_form(page, 320, "light")
            assert overflow(page) <= 0, name
            assert len(page.asked) <= 12  # with what its scripts asked for meanwhile
            assert all(url.startswith((live_server.url, "data:")) for url in page.asked), page.asked
        assert page.said == []


@pytest.mark.parametrize(
    "spoil",
    [
        "document.querySelector('footer a').style.color = 'silver'",
        "document.querySelector('header a').replaceChildren()",
        "document.querySelector('main p').style.color = 'silver'",
        "document.querySelector('main').append(document.createElement('button'))",
    ],
)
def test_what_goes_wrong_on_a_page_that_was_right_is_found(opened, spoil):
    """Axe leaves out a header or footer that it knows: only while it stands the same."""
    page = opened()
    page.goto(reverse("help"))
    assert violations(page) == []
    page.goto(reverse("home"))
    assert violations(page) == []
    page.evaluate(spoil)
    assert violations(page) != []


def test_nothing_scrolls_sideways_on_the_smallest_phone_without_script(opened, member):
    for reader, names in ((None, PUBLIC), (member, PRIVATE)):
        page = opened(width=320, member=reader, script=False)
        for name in names:
            page.goto(reverse(name))
            assert overflow(page) <= 0, name


def test_touch_targets_are_large_enough_on_phones(opened, member):
    page = opened(member=member)
    page.goto(reverse("home"))
    for control in page.locator("header a:visible, header button:visible, main a:visible, footer a:visible").all():
        # a tile is pressed anywhere
        box = control.evaluate("(link) => (link.closest('.fr-enlarge-link') ?? link).getBoundingClientRect().toJSON()")
        assert box["y"] < 0 or box["height"] >= 44, (control.inner_text(), box)


@pytest.mark.parametrize("way", ["click", "shift"])
def test_quick_exit_leaves_no_way_back(opened, way):
    page = opened()
    page.context.route("https://www.meteofrance.com/**", lambda route: route.fulfill(body="<title>Météo</title>"))
    page.goto(reverse("home"))
    page.goto(reverse("help"))
    if way == "click":
        page.get_by_role("link", name="Quitter vite").click()
    else:
        for _press in range(3):
            page.keyboard.press("Shift")
    page.wait_for_url("https://www.meteofrance.com/**")
    page.go_back()
    assert reverse("help") not in page.url


def test_quick_exit_is_within_the_first_tab_stops(opened):
    page = opened(width=1280)
    page.goto(reverse("home"))
    seen = []
    for _stop in range(6):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.innerText").strip())
    assert seen[0] == "Aller au contenu"
    assert "Quitter vite" in seen


def test_the_menu_opens_with_the_keyboard_and_is_there_without_scripts(opened, member):
    page = opened(member=member)
    page.goto(reverse("home"))
    link = _in_the_menu(page)
    expect(link).to_be_hidden()
    page.get_by_role("button", name="Menu").focus()
    page.keyboard.press("Enter")
    expect(link).to_be_visible()
    plain = opened(member=member, script=False)
    plain.goto(reverse("home"))
    expect(_in_the_menu(plain)).to_be_visible()


def _in_the_menu(page):
    """Return the link of the menu itself: on a phone the first page of a member repeats its lines below."""
    return page.get_by_role("navigation", name="Menu principal").get_by_role("link", name="Boîte d'alertes")


def test_the_theme_is_kept(opened):
    page = opened()
    page.goto(reverse("home"))
    page.get_by_label("Sombre").check()
    expect(page.locator("html")).to_have_attribute("data-fr-theme", "dark")
    page.goto(reverse("help"))
    expect(page.locator("html")).to_have_attribute("data-fr-theme", "dark")


def test_paper_is_white_whatever_the_screen(opened):
    """Titles stay dark and cards light on paper; the screen is dark again afterwards."""
    page = opened(scheme="dark")
    page.goto(reverse("procedures:start"))
    ink = "getComputedStyle(document.querySelector('h1')).color"
    card = "getComputedStyle(document.querySelector('.rp-card')).backgroundColor"
    dark = page.evaluate(f"[{ink}, {card}]")
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-fr-theme", "light")
    assert page.evaluate(f"[{ink}, {card}]") == ["rgb(22, 22, 22)", "rgb(255, 255, 255)"] != dark
    page.emulate_media(media="screen", color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-fr-theme", "dark")


def test_errors_are_said_first_and_lead_to_their_field(opened):
    page = opened()
    page.goto(reverse("login"))
    page.get_by_role("main").get_by_role("button", name="Se connecter").click()
    expect(page).to_have_title(re.compile("^Erreur"))
    expect(page.locator("#erreurs")).to_be_focused()
    page.get_by_role("link", name="Écrivez votre mot de passe.").click()
    expect(page.get_by_label("Mot de passe")).to_be_focused()


def test_idle_warns_then_signs_out(opened, member):
    page = opened(member=member)
    page.clock.install()
    page.goto(reverse("profile"))
    warning = page.get_by_role("alertdialog")
    expect(warning).to_be_hidden()
    page.clock.fast_forward("13:30")
    expect(warning).to_be_visible()
    stay = page.get_by_role("button", name="Rester connecté")
    expect(stay).to_be_focused()
    with page.expect_response(re.compile(reverse("still-here"))) as answer:
        stay.click()
    assert answer.value.status == 204
    expect(warning).to_be_hidden()
    page.clock.fast_forward("15:10")
    page.wait_for_url(re.compile(reverse("login")))
    expect(page.get_by_text("Vous avez été déconnecté après 15 minutes sans activité.")).to_be_visible()


def test_the_header_leaves_the_page_to_what_is_read_on_it(opened, member):
    """At most 110 px of a phone, with the way out; what « Menu » opens closes by Escape and by a press elsewhere."""
    page = opened(member=member)
    for reader in (page, opened()):
        reader.goto(reverse("home"))
        assert reader.get_by_role("banner").bounding_box()["height"] <= 110
        expect(reader.get_by_role("link", name="Quitter vite")).to_be_visible()
    button, search = page.get_by_role("button", name="Menu"), page.get_by_role("search")
    for close in (lambda: page.keyboard.press("Escape"), lambda: page.locator("h1").click()):
        button.click()
        expect(search).to_be_visible()
        close()
        expect(search).to_be_hidden()
        expect(button).to_have_attribute("aria-expanded", "false")
