"""A person walking through the pages of the server: what the browser tests stand on.

A click that leads to another page goes through `go` (or `enter` from the keyboard): it waits for that page. What is
read or checked right after a bare `click` may still be the page before.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests.guarantees.conditions import EVERYTHING

playwright = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.base")
expect = playwright.expect
expect.set_options(timeout=30_000)  # as any other wait of playwright: five seconds measure a busy machine

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],  # the lists of what is right are not asked for
}
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"], "resultTypes": ["violations"]}
SHOWN = "[...document.querySelectorAll('*')].flatMap((e, n) => e.getClientRects().length ? [n] : [])"
# Header and footer with all that axe's answer about them depends on: what they hold (addresses and tokens apart), the
# state of their fields, whether what they refer to is there, the sheets, the screen and the room they take. Without one
# that has the focus or the pointer.
FRAME = """() => Object.fromEntries(['header', 'footer'].flatMap((name) => {
  const part = document.querySelector(`body > ${name}`);
  if (!part || part.matches(':hover, :focus-within')) return [];
  const copy = part.cloneNode(true), all = [...part.querySelectorAll('*')];
  copy.querySelectorAll('[type=hidden]').forEach((field) => field.remove());
  copy.querySelectorAll('[href]').forEach((link) => link.setAttribute('href', ''));
  const named = all.flatMap((e) => ['for', 'aria-controls', 'aria-labelledby', 'aria-describedby']
    .flatMap((a) => (e.getAttribute(a) || '').split(' '))).map((id) => !!document.getElementById(id));
  return [[`body > ${name}`, JSON.stringify([
    copy.outerHTML, named, all.map((e) => [e.checked, e.type !== 'hidden' && e.value]),
    document.documentElement.cloneNode().outerHTML, document.body.cloneNode().outerHTML,
    [...document.styleSheets].map((sheet) => sheet.href), matchMedia('(prefers-color-scheme: dark)').matches,
    innerWidth, part.offsetWidth, part.offsetHeight])]];
}))"""
_right: set[tuple[str, ...]] = set()  # headers and footers in which axe found nothing
SHOTS = os.environ.get("SHOTS", "")  # a folder: the pages are then kept as pictures, to be looked at
ALL_FORMS = bool(EVERYTHING or SHOTS)  # else each page in one of two, in turn
# a phone and a desk, light and dark; each once in a sample (see `./run proof`)
FORMS = ((390, "light"), (390, "dark"), (1280, "light"), (1280, "dark"))[:: 1 if ALL_FORMS else 3]
CHROMIUM = next((p for p in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(p).exists()), None)


# Controls a thumb would miss on a phone: lower than 44 px. A link inside a sentence follows its line (WCAG 2.5.8); a
# choice is pressed by its label, which reaches 6 px beyond what is drawn (parts.css), a tile anywhere.
TOO_SMALL = """() => [...document.querySelectorAll('a, button, summary, select, textarea, input:not([type=hidden])')]
  .filter((e) => e.getClientRects().length && !e.closest('.fr-sr-only, .fr-skiplinks') && !e.matches('.fr-sr-only')
    && !(e.tagName === 'A' && getComputedStyle(e).display === 'inline'
      && e.parentElement.innerText.trim().length > e.innerText.trim().length + 1)
    && (e.matches('[type=radio], [type=checkbox]')
      ? e.closest('.fr-radio-group, .fr-checkbox-group, label').getBoundingClientRect().height + 12
      : (e.closest('.fr-enlarge-link') || e).getBoundingClientRect().height) < 43.5)
  .map((e) => `${e.outerHTML.slice(0, 90)} (${Math.round(e.getBoundingClientRect().height)} px)`)"""


class Walk:
    """A page of a person, signed in or not: counts clicks, watches requests and the security policy.

    `device`: "allow" lets it keep the page for the days without network; each walk would fetch it anew.
    `forms`: the (width, scheme) in which `check` looks at each page, without asking for it again; by default its own.
    Continuous integration looks at each page in one of them, at the next one in the next.
    """

    def __init__(
        self, browser, live_server, member, *, width=390, scheme="light", script=True, forms=(), device="block"
    ):
        self.base, self.clicks, self.checks, self.requests, self.faults = live_server.url, 0, 0, [], []
        self.own = (width, scheme)
        self.forms = forms or (self.own,)
        self.context = browser.new_context(
            viewport={"width": width, "height": height_of(width)},
            color_scheme=scheme,
            java_script_enabled=script,
            service_workers=device,
            locale="fr-FR",
            timezone_id="Europe/Paris",
        )
        if member:
            client = Client()
            client.force_login(member.user)
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            self.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.base}])
        self.page = self.context.new_page()
        self.page.on("request", lambda request: self.requests.append(request))
        self.page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)

    def open(self, path):
        self.page.goto(self.base + path)

    def click(self, selector):
        """A click that stays on the page: a choice, a box that opens."""
        self.clicks += 1
        self.page.locator(selector).first.click()

    def go(self, selector):
        """A click that leads to another page (or to this one again, with its errors); returns when it is loaded."""
        self.clicks += 1
        target = self.page.locator(selector).first
        with self.page.expect_navigation():
            target.click()

    def enter(self):
        """Enter on what has the focus, when that leads to another page."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    @property
    def path(self):
        return self.page.url.removeprefix(self.base)

    def check(self, name):
        """Axe, width and heading of the page as it is, in each of the walk's forms, or in the one whose turn it is."""
        self.page.wait_for_load_state("load")  # unstyled, every link is too small
        one_heading(self.page, name)
        self.checks += 1
        for width, scheme, found in looks(self.page, self.forms if ALL_FORMS else turn(self.forms, self.checks)):
            assert not found, f"{name} {width} {scheme}: {found}"
            assert (wide := overflow(self.page)) <= 0, f"{name} {width} {scheme}: {wide} px too wide"
            if SHOTS:
                self.page.screenshot(path=f"{SHOTS}/{name}-{width}-{scheme}.png", full_page=True)
        take_form(self.page, *self.own)


def turn[T](forms: Sequence[T], number: int, each: int = 1) -> Sequence[T]:
    """Return the forms whose turn it is at this page, `each` of them."""
    first = number * each
    return [forms[(first + n) % len(forms)] for n in range(each)]


def height_of(width: int) -> int:
    return 844 if width < 800 else 900


def take_form(page, width: int, scheme: str) -> None:
    """Show the same page on another screen: the sheet follows width and scheme, nothing is asked for again.

    Where scripts run, the theme follows the device's scheme a frame later (theme.js): what is looked at is that theme.
    """
    page.set_viewport_size({"width": width, "height": height_of(width)})
    page.emulate_media(color_scheme=scheme)
    behind = page.locator(f"html.js[data-fr-scheme=system]:not([data-fr-theme={scheme}])")
    behind.wait_for(state="detached")


def forgetful(page) -> Callable[[], None]:
    """Return a function after which the next visit of this page is a first one: no cookie, nothing stored, every file
    asked for again.

    A new context would do the same in a new process, which costs as much as looking at the page.
    """
    browser = page.context.new_cdp_session(page)
    browser.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def forget() -> None:
        page.context.clear_cookies()
        if (site := page.evaluate("origin")) != "null":
            browser.send("Storage.clearDataForOrigin", {"origin": site, "storageTypes": "all"})

    return forget


def looks(page, forms) -> Iterator[tuple[int, str, list[str]]]:
    """Take each form in turn and yield it with what axe finds.

    The second scheme of a width that shows the same elements is asked for the rules of colours alone: no other rule
    reads colours.
    """
    shown: dict = {}
    for width, scheme in forms:
        take_form(page, width, scheme)
        elements = page.evaluate(SHOWN)
        yield width, scheme, violations(page, COLOURS if shown.get(width) == elements else RULES)
        shown[width] = elements


def violations(page, rules=RULES) -> list[str]:
    """Return what axe finds, a sentence a rule. Its script is put into a document once.

    Header and footer come back on every page: one that was found right by these rules is left out where it stands the
    same again (see FRAME). What surrounds it is still looked at with it in place.
    """
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(axe.AXE_SCRIPT)
    frame = {part: (*rules["runOnly"], looks_like) for part, looks_like in page.evaluate(FRAME).items()}
    known = [part for part, key in frame.items() if key in _right]
    found = page.evaluate("([known, rules]) => axe.run({exclude: known}, rules)", [known, rules])["violations"]
    if not found:
        _right.update(frame.values())
    return [f"{rule['id']}, {rule['help']}: {[node['html'][:160] for node in rule['nodes'][:3]]}" for rule in found]


def overflow(page) -> int:
    """Return by how many pixels the page is wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def one_heading(page, name):
    """One main heading, in the content: a part that lands twice, or outside of it, shows in none of axe's rules."""
    found = page.locator("h1")
    assert found.count() == page.locator("main h1").count() == 1, f"{name}: {found.all_inner_texts()}"
