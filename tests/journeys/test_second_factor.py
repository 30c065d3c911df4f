"""A second factor in a browser: a passkey, an application, a recovery code, and a danger without any of them."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Role
from foundation.sessions import SessionStore
from tests import factories as f
from tests.agencies.accounts.test_views import PASSWORD
from tests.referral.factors.set_up import code, give_app, give_codes
from tests.second_step import note_shown

from .walk import FORMS, height_of, looks, one_heading, overflow

DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip
BY_PASSWORD = "main form[novalidate] button"
BY_PASSKEY = "form[data-passkey] button"
REVEAL = "main button[value=reveal]"


class Visit:
    """A browser in which nobody is signed in; `device`: what keeps its passkeys."""

    def __init__(self, browser, live_server, width=390, scheme="light", script=True):
        self.base, self.acts, self.faults = live_server.url, 0, []
        view = {"width": width, "height": height_of(width)}
        how = {"locale": "fr-FR", "service_workers": "block", "java_script_enabled": script}
        self.context = browser.new_context(viewport=view, color_scheme=scheme, **how)
        self.page = self.context.new_page()
        self.page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        self.device = self.context.new_cdp_session(self.page)
        self.device.send("WebAuthn.enable")
        self.key = self.device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]

    def open(self, route):
        self.page.goto(self.base + (route if route.startswith("/") else reverse(route)))

    def go(self, selector):
        self.acts += 1
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()

    def sign_in(self, member):
        self.open("login")
        self.page.fill("#id_username", member.user.email)
        self.page.fill("#id_password", PASSWORD)
        self.go(BY_PASSWORD)

    def enter(self, member, ago):
        """Come with a session whose second factor was shown so many seconds ago."""
        client = Client()
        client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        note_shown(session, member.user, ago)
        session.save()
        self.context.add_cookies([{"name": "sessionid", "value": session.session_key, "url": self.base}])

    def type_code(self, typed):
        self.page.fill("#id_code", typed)
        self.go(BY_PASSWORD)

    def leave(self):
        self.context.clear_cookies()

    @property
    def path(self):
        return self.page.url.removeprefix(self.base).partition("?")[0]

    def check(self, name):
        self.page.wait_for_load_state("load")
        one_heading(self.page, name)
        for width, scheme, found in looks(self.page, FORMS):
            assert not found, f"{name} {width} {scheme}: {found}"
            assert overflow(self.page) <= 0, f"{name} {width}"


@pytest.fixture
def worker(transactional_db):
    f.national()
    f.coordination()
    return f.member(f.shelter(), Role.FRONTLINE, Role.CASE_WORKER)


def test_a_passkey_is_made_at_the_first_sign_in_and_then_opens_in_two_acts(browser, live_server, worker):
    visit = Visit(browser, live_server)
    visit.sign_in(worker)
    assert visit.path == reverse("referral:factors")
    visit.check("protect")
    visit.page.fill("#id_name", "mon téléphone")
    visit.go(BY_PASSKEY)
    codes = visit.page.locator("main li code").all_inner_texts()
    assert len(codes) == 10 and all(re.fullmatch(r"\d{8}", one) for one in codes)
    visit.check("codes")
    visit.leave()
    visit.open("login")
    visit.acts = 0
    visit.go(BY_PASSKEY)  # and the finger on the device, which this one gives by itself
    assert (visit.path, visit.acts) == (reverse("home"), 1)
    visit.open("profile")
    assert worker.user.full_name in visit.page.inner_text("main")
    assert visit.faults == []


def test_a_passkey_whose_person_does_not_confirm_opens_nothing_and_says_so(browser, live_server, worker):
    visit = Visit(browser, live_server)
    visit.sign_in(worker)
    visit.go(BY_PASSKEY)
    visit.leave()
    visit.device.send("WebAuthn.setUserVerified", {"authenticatorId": visit.key, "isUserVerified": False})
    visit.open("login")
    visit.page.click(BY_PASSKEY)
    visit.page.locator("[data-refused]").first.wait_for(state="visible")
    assert visit.path == reverse("login") and visit.page.locator(BY_PASSKEY).is_enabled()


def test_an_application_then_its_code_then_a_recovery_code(browser, live_server, worker):
    visit = Visit(browser, live_server, 1280, "dark")
    visit.sign_in(worker)
    visit.go(f"a[href='{reverse('referral:factor-app')}']")
    visit.check("application")
    secret = visit.page.inner_text("main ol code").replace(" ", "")
    visit.type_code(code(secret))
    codes = visit.page.locator("main li code").all_inner_texts()
    visit.leave()
    visit.sign_in(worker)
    assert visit.path == reverse("referral:second-step")
    visit.check("second-step")
    visit.type_code("000000")
    assert "faux" in visit.page.inner_text("main")
    visit.type_code(code(secret, later=1))
    assert visit.path == reverse("home")
    visit.leave()
    visit.sign_in(worker)
    visit.type_code(codes[0])
    assert visit.path == reverse("home")


def test_after_five_minutes_a_passkey_shows_the_identity_in_one_act(browser, live_server, worker):
    case = f.own_case(worker)
    visit = Visit(browser, live_server)
    visit.sign_in(worker)
    visit.go(BY_PASSKEY)
    (cookie,) = [one for one in visit.context.cookies() if one["name"] == "sessionid"]
    session = SessionStore(cookie["value"])
    note_shown(session, worker.user, ago=301)
    session.save()
    visit.open(reverse("referral:case-identity", args=[case.pk]))
    visit.go(REVEAL)
    assert visit.path == reverse("referral:second-step")
    visit.check("step-up")
    visit.acts = 0
    visit.page.click(BY_PASSKEY)
    visit.page.wait_for_url(f"**{reverse('referral:case-identity', args=[case.pk])}")
    assert not visit.page.locator(REVEAL).count()
    visit.check("identity-shown")
    visit.open("kept")
    visit.page.get_by_text("Aucune saisie gardée ici").wait_for()
    assert visit.faults == []


def test_what_was_typed_goes_on_after_a_code_and_without_a_script_at_a_press(browser, live_server, worker):
    boss = f.member(worker.agency, Role.AGENCY_ADMIN)
    give_app(boss)
    for script in (True, False):
        visit = Visit(browser, live_server, 1280, "dark", script=script)
        visit.enter(boss, ago=301)
        visit.open("referral:member-invite")
        visit.page.fill("[name=email]", f"nouvelle{script}@exemple.invalid".lower())
        visit.page.fill("[name=full_name]", "Nouvelle Personne")
        visit.page.fill("[name=title]", "Accueil de jour")
        visit.page.locator("[name=roles][value=frontline]").check(force=True)
        visit.go("main form button[type=submit]")
        visit.page.fill("#id_code", code(later=1 - script))
        visit.page.click(BY_PASSWORD)
        if not script:
            visit.page.get_by_role("button", name="Envoyer maintenant").wait_for()
            visit.go("main button:text-is('Envoyer maintenant')")
        visit.page.wait_for_url("**/organisation/membres/*/")
        assert "Nouvelle Personne" in visit.page.inner_text("main")


def test_a_danger_is_sent_without_the_second_step(browser, live_server, worker):
    give_app(worker)
    give_codes(worker)
    visit = Visit(browser, live_server)
    visit.sign_in(worker)
    visit.go(f"main a[href='{reverse('referral:danger')}']")
    visit.page.check("label[for=id_minor_1]" if visit.page.locator("#id_minor_1").count() else "[name=minor] >> nth=0")
    visit.page.select_option("[name=territory]", "75")
    visit.page.fill("[name=callback]", "01 99 00 00 00")
    visit.go("form.rp-quick button[type=submit]")
    assert visit.path.startswith("/recu/")
    visit.check("received")
    visit.open("referral:case-list")
    assert visit.path == reverse("referral:second-step")
