"""A worker loses the session, the device or the network in the middle of a report: nothing typed is lost."""

import pytest

from agencies.kept.operations import save_draft
from agencies.models import Helpline, Role, Session
from foundation.actor import acting_as
from foundation.sessions import digest
from tests import factories as f
from tests.referral.factors.set_up import code, give_app

from .walk import FORMS, Walk

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "mot de passe d'essai"
WRITE = "main form[action$='#ecrire']"
REPORT = "Elle a dormi deux nuits au foyer.\nElle demande un interprète bambara, et veut porter plainte."


@pytest.fixture
def worker(transactional_db):
    f.national()
    return f.member(f.shelter(name="Foyer Horizon (fictif)"), Role.CASE_WORKER)


def end_session(walk) -> None:
    """End the session as 15 minutes do: the browser drops its cookie, the server its row."""
    (cookie,) = [one for one in walk.context.cookies() if one["name"] == "sessionid"]
    Session.objects.filter(session_key=digest(cookie["value"])).delete()
    walk.context.clear_cookies(name="sessionid")


def sign_in(walk, member) -> None:
    """Both steps, by whoever set up an application meanwhile."""
    give_app(member)
    walk.page.get_by_label("Adresse électronique professionnelle").fill(member.user.email)
    walk.page.get_by_label("Mot de passe").fill(PASSWORD)
    walk.go("main button[type=submit]")
    walk.page.fill("#id_code", code())
    walk.go("main form[novalidate] button")


def test_session_lost_in_the_middle_of_a_report(worker, live_server, browser):
    case = f.own_case(worker)
    walk = Walk(browser, live_server, worker, forms=FORMS)
    walk.open(f"/dossiers/{case.pk}/fil/")
    walk.page.locator(WRITE + " [name=sort]").first.check(force=True)
    walk.page.locator(WRITE + " textarea").fill(REPORT)
    walk.page.get_by_text("Brouillon enregistré à").wait_for()  # a request under way would be refused with its session
    end_session(walk)
    walk.go(WRITE + " button[type=submit]")
    walk.page.get_by_text("Session expirée, votre saisie est gardée 30 minutes.").wait_for()
    assert REPORT[:10] not in walk.page.url
    walk.check("kept-sign-in")
    sign_in(walk, worker)
    assert walk.path.split("#")[0] == "/saisie-gardee/"
    assert walk.page.locator("main textarea").input_value() == REPORT
    walk.check("kept-form")
    walk.go("main button:text-is('Envoyer maintenant')")
    walk.page.get_by_text("veut porter plainte").first.wait_for()
    walk.open("/saisie-gardee/")
    walk.page.get_by_text("Aucune saisie gardée ici").wait_for()
    walk.check("kept-nothing")
    assert not walk.faults


def test_a_page_that_signs_out_by_itself_keeps_what_was_typed(worker, live_server, browser):
    walk = Walk(browser, live_server, worker)
    walk.page.clock.install()
    walk.open("/profil/")
    walk.page.locator("main input[type=tel]").fill("06 12 34 56 78")
    with walk.page.expect_navigation(url="**/connexion/**"):
        walk.page.clock.fast_forward("16:00")
    walk.page.get_by_text("Session expirée, votre saisie est gardée 30 minutes.").wait_for()
    sign_in(walk, worker)
    assert walk.page.locator("main textarea").input_value() == "06 12 34 56 78"
    walk.go("main button:text-is('Envoyer maintenant')")
    assert walk.page.locator("main input[type=tel]").input_value() == "06 12 34 56 78"


def test_draft_on_the_phone_is_found_on_the_desk_and_gone_once_sent(worker, live_server, browser):
    case = f.own_case(worker)
    thread = f"/dossiers/{case.pk}/fil/"
    phone = Walk(browser, live_server, worker)
    phone.open(thread)
    phone.page.locator(WRITE + " [name=sort]").first.check(force=True)
    phone.page.locator(WRITE + " textarea").fill(REPORT)
    phone.page.get_by_text("Brouillon enregistré à").wait_for()
    phone.context.close()

    desk = Walk(browser, live_server, worker, width=1280, forms=FORMS)
    desk.open(thread)
    desk.page.get_by_text("Il n'a pas été envoyé.").wait_for()
    assert desk.page.locator(WRITE + " textarea").input_value() == REPORT
    assert desk.page.locator(WRITE + " [name=sort]").first.is_checked()
    desk.check("draft-found")
    desk.go(WRITE + " button[type=submit]")
    desk.page.get_by_text("veut porter plainte").first.wait_for()
    desk.open(thread)
    desk.page.wait_for_load_state("networkidle")
    assert desk.page.locator(WRITE + " textarea").input_value() == ""
    assert not desk.faults


def test_draft_of_another_version_is_shown_beside_and_can_be_deleted(worker, live_server, browser):
    thread = f"/dossiers/{f.own_case(worker).pk}/fil/"
    with acting_as(worker):
        save_draft(worker, f"{thread}|text", {"fields": [["text", REPORT]], "base": "of a former text"})
    walk = Walk(browser, live_server, worker, forms=FORMS)
    walk.open(thread)
    walk.page.locator(WRITE + " blockquote").wait_for()
    assert walk.page.locator(WRITE + " blockquote").inner_text() == REPORT
    assert walk.page.locator(WRITE + " textarea").input_value() == ""
    walk.check("draft-of-another-version")
    walk.click(WRITE + " button:text-is('Supprimer ce brouillon')")
    walk.page.get_by_text("Brouillon supprimé.").wait_for()
    walk.open(thread)
    walk.page.wait_for_load_state("networkidle")
    assert not walk.page.get_by_text("Supprimer ce brouillon").count()


def test_leaving_with_unsaved_text_asks_and_leaving_quickly_never_does(worker, live_server, browser):
    walk = Walk(browser, live_server, worker)
    asked = []
    walk.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    walk.context.route("https://www.meteofrance.com/**", lambda route: route.fulfill(body="ailleurs"))
    thread = f"/dossiers/{f.own_case(worker).pk}/fil/"
    for quickly in (False, True):
        asked.clear()
        walk.open(thread)
        walk.page.route("**/brouillons/", lambda route: route.abort())  # not kept: no network
        walk.page.locator(WRITE + " textarea").press_sequentially("Elle")
        walk.page.get_by_text("Brouillon non enregistré").wait_for()
        if quickly:
            walk.go("[data-quick-exit]")
        else:
            walk.open("/profil/")
        assert asked == ([] if quickly else ["beforeunload"])


def test_back_after_an_error_shows_the_form_and_never_asks_to_send_again(worker, live_server, browser):
    walk = Walk(browser, live_server, worker)
    thread = f"/dossiers/{f.own_case(worker).pk}/fil/"
    walk.open(thread)
    walk.page.locator(WRITE + " textarea").fill(REPORT)
    walk.page.get_by_text("Brouillon enregistré à").wait_for()
    walk.go(WRITE + " button[type=submit]")  # without saying what it is
    walk.page.locator("#erreurs").wait_for()
    assert walk.page.locator(WRITE + " textarea").input_value() == REPORT
    walk.open("/profil/")
    walk.page.go_back()
    walk.page.locator(WRITE).wait_for()
    walk.page.get_by_text("Il n'a pas été envoyé.").wait_for()
    assert walk.page.locator(WRITE + " textarea").input_value() == REPORT
    walk.page.reload()
    walk.page.locator(WRITE).wait_for()


@pytest.mark.parametrize("known", [True, False])
def test_form_sent_without_network_keeps_the_page_and_says_whom_to_call(worker, live_server, browser, known):
    """`known`: the browser says itself that there is no network; it often does not."""
    with f.as_role("nrm_owner"):
        for number, kind in (("17", "emergency"), ("112", "emergency"), ("119", "child"), ("115", "housing")):
            Helpline.objects.get_or_create(
                code=f"hl_{number}", defaults={"number": number, "label_fr": number, "kind": kind}
            )
    walk = Walk(browser, live_server, worker, forms=FORMS)
    if not known:
        walk.page.clock.install()
    walk.open("/profil/")
    walk.page.locator("main input[type=tel]").fill("06 12 34 56 78")
    if known:
        walk.context.set_offline(True)
    else:
        walk.page.clock.fast_forward("01:00")
        walk.page.route("**/healthz", lambda route: route.abort())
    walk.click("main form button[type=submit]")
    box = walk.page.locator("[data-offline]")
    box.get_by_text("Pas de réseau : rien n'est parti").wait_for()
    for number in ("17", "112", "119", "115"):
        assert box.locator(f"a[href='tel:{number}']").is_visible()
    if known:
        walk.check("offline")
    walk.click("[data-offline-close]")
    assert walk.page.locator("main input[type=tel]").input_value() == "06 12 34 56 78"
    walk.context.set_offline(False)
    walk.page.unroute("**/healthz")
    walk.go("main form button[type=submit]")
    assert walk.page.locator("main input[type=tel]").input_value() == "06 12 34 56 78"
    worker.user.refresh_from_db()
    assert worker.user.phone == "06 12 34 56 78"
