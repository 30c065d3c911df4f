"""The State's sign-in in a browser, by a provider that runs beside it: link, sign in, step-up, the way out."""

import re

import pytest
from django.urls import reverse

from agencies.models import Role
from foundation.sessions import SessionStore
from tests import factories as f
from tests.referral.factors.set_up import code, give_app
from tests.referral.provider.conftest import forget
from tests.referral.provider.real import PASSWORD
from tests.referral.provider.set_up import FORT, LINK, START, WEAK, configured, running

from .test_second_factor import Visit

THERE, LINKING = f"main form[action='{START}'] button", f"main form[action='{LINK}'] button"


@pytest.fixture
def worker(transactional_db):
    f.national()
    f.coordination()
    member = f.member(f.shelter(), Role.CASE_WORKER)
    give_app(member)
    return member


@pytest.fixture
def provider(live_server, tmp_path, settings):
    with running(tmp_path, live_server.url) as issuer:
        settings.OIDC, settings.SITE_URL = configured(issuer), live_server.url
        forget()
        yield issuer


def show(visit, name: str) -> None:
    """Be identified at the provider, where the page on the way leads by itself, and come back."""
    visit.page.wait_for_url(re.compile(r"http://127\.0\.0\.1:\d+/login/"))
    visit.page.fill("[name=username]", name)
    visit.page.fill("[name=password]", PASSWORD)
    visit.page.click("[type=submit]")
    visit.page.wait_for_url(f"{visit.base}/**")


def linked(visit, member, name: str) -> None:
    visit.enter(member, 10)
    visit.open("referral:factors")
    visit.check("protect")
    visit.page.click(LINKING)
    show(visit, name)
    assert visit.path == reverse("referral:factors") and "Compte relié" in visit.page.inner_text("main")
    visit.check("linked")
    visit.leave()


def test_link_then_sign_in_there_and_show_our_factor(browser, live_server, worker, provider):
    visit = Visit(browser, live_server)
    linked(visit, worker, WEAK)
    visit.open("login")
    visit.check("sign in")
    visit.page.click(THERE)
    show(visit, WEAK)
    assert visit.path == reverse("referral:second-step")
    visit.type_code(code())
    assert visit.path == reverse("home") and visit.faults == []


def test_two_factors_shown_there_then_once_more_and_out_of_both(browser, live_server, worker, provider):
    visit = Visit(browser, live_server, 1280, "dark")
    linked(visit, worker, FORT)
    visit.open("login")
    visit.page.click(THERE)
    show(visit, FORT)
    assert visit.path == reverse("home")
    _grow_old(visit)
    visit.open("referral:password")
    assert visit.path == reverse("referral:second-step")
    visit.check("once more")
    visit.page.click(THERE)
    show(visit, FORT)
    assert visit.path == reverse("referral:password")
    visit.page.locator(f"form[action='{reverse('logout')}'] button").first.evaluate("button => button.form.submit()")
    visit.page.wait_for_url(f"{visit.base}{reverse('logout')}")
    visit.check("signed out")
    visit.page.click("main a.fr-btn:not(.fr-btn--secondary)")
    visit.page.wait_for_url(re.compile(r"http://127\.0\.0\.1:\d+/o/logout/"))
    visit.page.click("button[name=allow]")
    visit.page.wait_for_url(re.compile(re.escape(visit.base + reverse("login"))))
    assert visit.faults == []


def test_the_page_on_the_way_without_its_own_leading_on(browser, live_server, worker, provider):
    """As a browser shows it that follows no header: a page with a link."""
    visit = Visit(browser, live_server)
    visit.page.route(f"**{START}", _without_refresh)
    visit.open("login")
    visit.go(THERE)
    visit.check("on the way")
    visit.page.click("main a.fr-btn")
    visit.page.wait_for_url(re.compile(r"http://127\.0\.0\.1:\d+/login/"))


def _without_refresh(route) -> None:
    answer = route.fetch(max_redirects=0)
    kept = {name: value for name, value in answer.headers.items() if name != "refresh"}
    route.fulfill(response=answer, headers=kept)


def _grow_old(visit) -> None:
    key = next(one["value"] for one in visit.context.cookies() if one["name"] == "sessionid")
    store = SessionStore(key)
    records = store["account_authentication_methods"]
    store["account_authentication_methods"] = [{**one, "at": one["at"] - 400} for one in records]
    store.save()
