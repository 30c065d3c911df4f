"""The network goes just after a page was opened, and the browser does not know: no form loses what was typed."""

import pytest

from agencies.models import Kind, Role
from foundation.actor import acting_as
from referral.models import Alert
from tests import factories as f
from tests.roles import as_role

from .relay import relayed
from .walk import FORMS, Walk, expect

pytestmark = pytest.mark.django_db(transaction=True)
TYPED = "Elle travaille la nuit et ne sort jamais seule."


def ready(browser, relay, member) -> Walk:
    walk = Walk(browser, relay, member, device="allow", forms=FORMS)
    walk.open("/")
    walk.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    walk.page.wait_for_function("() => navigator.serviceWorker.controller")
    return walk


@pytest.fixture
def author(transactional_db):
    f.national()
    f.coordination()
    return f.member(f.agency(Kind.EDUCATION, desk=False, name="Lycée des Tilleuls (fictif)"), Role.FRONTLINE)


def test_a_text_without_answer_stays_on_its_page_and_is_sent_when_the_site_is_back(author, live_server, browser):
    alert = f.sent_alert(author)
    with relayed(live_server) as relay:
        walk = ready(browser, relay, author)
        walk.open(f"/mes-signalements/{alert.pk}/")
        field = walk.page.locator("main textarea").last
        field.fill(TYPED)
        relay.cut()
        assert walk.page.evaluate("() => navigator.onLine") is True, "nothing told the browser"
        walk.page.get_by_role("button", name="Ajouter à l'alerte").click()
        box = walk.page.locator("[data-offline]")
        box.get_by_text("Pas de réponse du site").wait_for()
        walk.check("unanswered")
        assert box.locator("a[href^='tel:']").count() >= 3
        box.locator("[data-offline-close]").click()
        expect(field).to_have_value(TYPED)

        relay.cut(off=False)
        with walk.page.expect_navigation():
            walk.page.get_by_role("button", name="Ajouter à l'alerte").click()
        walk.page.get_by_text(TYPED).first.wait_for()
        with acting_as(author):
            assert alert.additions.count() == 1


@pytest.mark.parametrize("typed", [False, True], ids=["read", "typed in"])
def test_a_page_left_alone_without_answer_leaves_nothing_on_the_screen(author, live_server, browser, typed):
    alert = f.sent_alert(author)
    with relayed(live_server) as relay:
        walk = ready(browser, relay, author)
        walk.page.clock.install()
        walk.open(f"/mes-signalements/{alert.pk}/")
        assert alert.reference in walk.page.content()
        if typed:
            walk.page.locator("main textarea").last.fill(TYPED)
        relay.cut()
        walk.page.clock.fast_forward("15:10")
        walk.page.get_by_text("Page fermée après 15 minutes sans activité").wait_for()
        walk.page.wait_for_timeout(500)
        left = walk.page.content()
        assert alert.reference not in left and TYPED not in left and "112" in left
        assert alert.reference not in walk.page.title()


def test_a_danger_without_answer_is_kept_on_the_device_by_one_press(author, live_server, browser):
    with relayed(live_server) as relay:
        walk = ready(browser, relay, author)
        walk.open("/danger/")
        walk.page.locator("[name=minor][value=yes]").check(force=True)
        walk.page.locator("[name=territory]").select_option("75")
        walk.page.locator("[name=callback]").fill("06 12 34 56 78")
        relay.cut()
        walk.page.locator("main button[type=submit]").last.click()
        walk.page.get_by_text("Pas de réponse du site").wait_for()
        walk.page.get_by_role("button", name="Enregistrer sur cet appareil, et envoyer au retour du réseau").click()
        walk.page.locator("[data-list]").get_by_text("En attente du réseau : personne n'est prévenu.").wait_for()
        relay.cut(off=False)
        walk.page.evaluate("() => window.dispatchEvent(new Event('online'))")
        walk.page.locator("[data-list]").get_by_text("Envoyé le").wait_for()
        with as_role("nrm_owner"):
            assert [alert.urgency for alert in Alert.objects.all()] == ["vital"]
