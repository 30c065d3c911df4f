"""Without network, in a car park: written on the device, kept when the browser closes, sent once when it is back."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.models import Kind, Role, User
from foundation.actor import acting_as
from notifications.models import Event
from referral.alerts.operations import alerts as alerts_operations
from referral.models import Alert, AlertContent
from tests import factories as f
from tests.roles import as_role

from .walk import FORMS, Walk, expect

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(transactional_db):
    f.national()
    f.coordination()
    f.agency(Kind.CHILD_PROTECTION)
    school = f.agency(Kind.EDUCATION, desk=False, name="Lycée des Tilleuls (fictif)")
    nurse = f.member(school, Role.FRONTLINE)
    with as_role("nrm_owner"):
        User.objects.filter(pk=nurse.user_id).update(phone="06 00 00 00 01")
    return {"nurse": nurse, "colleague": f.member(school, Role.FRONTLINE)}


def alerts() -> list[Alert]:
    with as_role("nrm_owner"):
        return list(Alert.objects.order_by("pk"))


def noted(alert) -> dict[str, str]:
    """Return the signs of an alert, with how each is known."""
    with as_role("nrm_owner"):
        return Alert.objects.select_related("content").get(pk=alert.pk).content.data["observations"]


def on_the_device(walk) -> list[dict]:
    """Return what the browser holds, as somebody with its tools would read it: bytes as their number."""
    return json.loads(
        walk.page.evaluate(
            """() => new Promise((found) => { const asked = indexedDB.open('repere'); asked.onsuccess = () => {
              const all = asked.result.transaction('kept').objectStore('kept').getAll();
              all.onsuccess = () => { asked.result.close(); found(JSON.stringify(all.result, (key, value) =>
                value instanceof ArrayBuffer ? value.byteLength : value)); }; }; })"""
        )
    )


def prepared(browser, live_server, member, **options) -> Walk:
    """Open the first page and wait until the device keeps what it needs, then cut the network."""
    walk = Walk(browser, live_server, member, device="allow", **options)
    walk.open("/")
    walk.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    return walk


def cut(walk, off=True):
    walk.context.set_offline(off)


def listed(walk, text):
    """Wait for the line that says this of what is kept."""
    walk.page.locator("[data-list]").get_by_text(text).wait_for()


def settled(walk):
    """Wait until no attempt to send is left: its answer would give back the session that it left with."""
    walk.page.evaluate("() => navigator.locks.request('repere-outbox', () => true)")


def write_danger(walk):
    pane = walk.page.locator("[data-pane=danger]")
    pane.locator("[name=minor][value=no]").check(force=True)
    pane.locator("[name=territory]").select_option("75")
    pane.locator("[name=callback]").fill("06 12 34 56 78")
    pane.locator("[name=where]").fill("Parking, niveau -2, près des ascenseurs")


def test_danger_written_without_network_is_sent_once_when_it_is_back(people, live_server, browser):
    walk = prepared(browser, live_server, people["nurse"], forms=FORMS)
    cut(walk)
    walk.open("/danger/")
    expect(walk.page.locator(".rp-emergency a[href^='tel:']").first).to_be_in_viewport()
    write_danger(walk)
    walk.page.locator("[data-pane=danger] [data-saved]").get_by_text("Brouillon enregistré sur cet appareil").wait_for()
    walk.check("offline-danger")
    walk.page.locator("[data-pane=danger] button[type=submit]").click()
    walk.page.get_by_text("Personne n'est encore prévenu : appelez d'abord ces numéros.").wait_for()
    listed(walk, "En attente du réseau : personne n'est prévenu.")
    expect(walk.page.locator(".rp-emergency a[href^='tel:']").first).to_be_in_viewport()
    walk.check("offline-waiting")
    assert alerts() == []

    # closed and opened again, still without network: it waits there
    walk.page.close()
    walk.page = walk.context.new_page()
    walk.open("/mes-signalements/")
    walk.page.locator("a[href='#envois']").click()
    listed(walk, "En attente du réseau : personne n'est prévenu.")

    cut(walk, off=False)
    listed(walk, "Envoyé le")
    (alert,) = alerts()
    assert alert.state == Alert.State.SENT and alert.urgency == "vital" and alert.author_id == people["nurse"].pk
    assert alert.reference in walk.page.locator("[data-list]").inner_text()
    (kept,) = on_the_device(walk)
    assert "sealed" not in kept  # its content left with it
    walk.go("[data-list] a:text-is('Voir le reçu')")
    walk.page.get_by_text(alert.reference).first.wait_for()


def test_answer_lost_and_sent_again_a_day_later_is_the_same_alert(people, live_server, browser):
    walk = prepared(browser, live_server, people["nurse"], forms=FORMS)
    cut(walk)
    walk.open("/signaler/")
    pane = walk.page.locator("[data-pane=report]")
    pane.locator("[name=territory]").select_option("75")
    for name, value in (("when", "today"), ("minor", "doubt"), ("danger", "no"), ("agreement", "not_asked")):
        pane.locator(f"[name={name}][value={value}]").check(force=True)
    sign = pane.locator("[data-grid]:not([hidden]) .rp-sign").first
    sign.locator("[name=sign]").check(force=True)
    assert sign.locator("[data-by]:checked").count() == 1  # by its wording, never none
    sign.locator("[data-by][value=third_party]").check(force=True)
    pane.locator("textarea").fill("Elle dort dans la réserve, la porte est fermée de l'extérieur.")
    walk.check("offline-report")
    pane.locator("button[type=submit]").click()
    listed(walk, "En attente du réseau")
    assert "réserve" not in json.dumps(on_the_device(walk))

    # the alert arrives, its answer does not: the line falls after the server has written
    lost = []

    def lose(route):
        route.fetch()
        lost.append(route.request.post_data)
        route.abort()

    walk.page.route("**/hors-ligne/envoi/", lose)
    cut(walk, off=False)
    expect(walk.page.locator("[data-list] li[data-state=waiting]")).to_have_count(1)
    while not lost:
        walk.page.wait_for_timeout(100)
    (alert,) = alerts()
    assert alert.state == Alert.State.SENT and alert.age_side == "doubt"
    assert list(noted(alert).values()) == ["third_party"]
    walk.page.unroute("**/hors-ligne/envoi/")

    walk.page.clock.install()
    walk.page.clock.fast_forward("30:00:00")  # and the page tries again by itself
    listed(walk, "Envoyé le")
    assert [one.pk for one in alerts()] == [alert.pk]
    assert alert.reference in walk.page.locator("[data-list]").inner_text()
    with as_role("nrm_owner"):
        assert Event.objects.filter(kind="alert_sent").count() == 1


def test_session_over_and_another_account_send_nothing(people, live_server, browser):
    walk = prepared(browser, live_server, people["nurse"])
    cut(walk)
    walk.open("/danger/")
    write_danger(walk)
    walk.page.locator("[data-pane=danger] button[type=submit]").click()
    listed(walk, "En attente du réseau")
    (cookie,) = [one for one in walk.context.cookies() if one["name"] == "sessionid"]
    walk.context.clear_cookies(name="sessionid")
    cut(walk, off=False)
    listed(walk, "En attente de votre connexion : personne n'est prévenu.")
    assert alerts() == []

    other = Walk(browser, live_server, people["colleague"])
    (theirs,) = [one for one in other.context.cookies() if one["name"] == "sessionid"]
    walk.context.add_cookies([theirs])
    walk.page.evaluate("() => { for (let i = 0; i < 8; i++) window.repereOutbox.send(); }")  # as its clock may do
    walk.page.locator("[data-send]").click()
    listed(walk, "Écrit sous un autre compte")
    settled(walk)
    assert alerts() == []

    walk.context.add_cookies([cookie])
    walk.page.locator("[data-send]").click()
    listed(walk, "Envoyé le")
    assert [alert.author_id for alert in alerts()] == [people["nurse"].pk]


def test_signing_out_asks_when_something_waits_and_then_wipes(people, live_server, browser):
    walk = prepared(browser, live_server, people["nurse"])
    cut(walk)
    walk.open("/danger/")
    write_danger(walk)
    walk.page.locator("[data-pane=danger] button[type=submit]").click()
    listed(walk, "En attente du réseau")
    walk.page.route("**/hors-ligne/envoi/jeton/", lambda route: route.abort())
    cut(walk, off=False)
    walk.open("/")
    walk.click("[data-menu]")
    walk.click("[data-logout] button")
    walk.page.get_by_text("Une alerte attend sur cet appareil").wait_for()
    assert alerts() == [] and walk.path == "/"
    walk.go("[data-leave]")
    assert walk.path.startswith("/connexion/")
    assert walk.page.evaluate("() => indexedDB.databases().then((all) => all.length)") == 0
    assert walk.page.evaluate("() => localStorage.getItem('repere-waiting')") is None


def test_danger_begun_with_network_and_sent_without_is_kept_by_one_press(people, live_server, browser):
    walk = prepared(browser, live_server, people["nurse"])
    walk.open("/danger/")
    walk.page.locator("[name=minor][value=yes]").check(force=True)
    walk.page.locator("[name=territory]").select_option("75")
    cut(walk)
    walk.page.locator("main button[type=submit]").last.click()
    walk.page.get_by_role("button", name="Enregistrer sur cet appareil, et envoyer au retour du réseau").click()
    listed(walk, "En attente du réseau : personne n'est prévenu.")
    cut(walk, off=False)
    listed(walk, "Envoyé le")
    assert [alert.urgency for alert in alerts()] == ["vital"]


def test_nothing_of_a_member_is_in_what_the_device_keeps(people, live_server, browser):
    walk = prepared(browser, live_server, people["nurse"])
    walk.open("/")
    kept = walk.page.evaluate(
        """async () => { const name = (await caches.keys())[0], kept = await caches.open(name), found = {};
          for (const asked of await kept.keys()) {
            const answer = await kept.match(asked);
            found[new URL(asked.url).pathname] = await answer.text();
          }
          return found; }"""
    )
    page = kept["/hors-ligne/"]
    assert "Danger immédiat" in page and "csrfmiddlewaretoken" not in page
    assert people["nurse"].user.full_name not in page and people["nurse"].agency.name not in page
    assert all(path == "/hors-ligne/" or path.startswith(("/static/", "/fiches/")) for path in kept)
    sheets = [text for path, text in kept.items() if path.startswith("/fiches/")]
    assert len(sheets) == 13, "the list, and a sheet for each of twelve professions"
    assert not [text for text in sheets if people["nurse"].user.full_name in text or "csrfmiddlewaretoken" in text]


def test_practical_sheet_is_read_without_network(people, live_server, browser):
    walk = prepared(browser, live_server, people["nurse"], forms=FORMS)
    cut(walk)
    walk.open("/signaler/")  # where the network is missing first
    walk.go("main a:has-text('Fiches pratiques')")
    walk.check("fiches-sans-reseau")
    walk.go("main a:has-text('École, collège, lycée')")
    assert walk.path == "/fiches/school/"
    main = walk.page.locator("main")
    assert "Je m'inquiète pour toi" in main.inner_text().replace("’", "'")
    expect(main.locator("a[href='tel:17']").first).to_be_in_viewport()
    walk.check("fiche-sans-reseau")
    walk.open("/dossiers/")
    assert walk.page.locator("[data-offline-page]").count(), "any other page: the one to write on"


NOTE = "Elle a montré une clé cachée dans sa chaussure."


def second_page(walk, nurse):
    """Return a draft whose second page was open when the network went, with a note that only the device has."""
    with acting_as(nurse):
        draft = alerts_operations.start_draft(nurse, answers=f.ANSWERS)
    walk.open(f"/signaler/{draft.pk}/2/")
    cut(walk)
    walk.page.locator("main textarea").fill(NOTE)
    walk.page.locator("[data-saved]").get_by_text("réponses gardées sur cet appareil").wait_for()
    walk.page.goto("about:blank")
    walk.page.wait_for_timeout(1000)
    # what a page sends as it closes passes by the network that playwright cuts: it never came
    with as_role("nrm_owner"):
        row = AlertContent.objects.get(alert=draft.pk)
        row.data = f.ANSWERS
        row.save()
        Alert.objects.filter(pk=draft.pk).update(saved_at=draft.saved_at)
    return draft


def note_of(draft) -> str:
    with as_role("nrm_owner"):
        return Alert.objects.select_related("content").get(pk=draft.pk).content.data.get("note") or ""


def test_page_of_an_alert_that_lost_its_network_is_given_back(people, live_server, browser):
    walk = prepared(browser, live_server, people["nurse"], forms=FORMS)
    draft = second_page(walk, people["nurse"])
    cut(walk, off=False)
    walk.open("/")
    assert NOTE not in json.dumps(on_the_device(walk))
    walk.open(f"/signaler/{draft.pk}/2/")
    walk.page.get_by_text("sont les plus récentes").wait_for()
    assert walk.page.locator("main textarea").input_value() == NOTE
    walk.page.locator("[data-saved]").get_by_text("Enregistré à").wait_for()
    walk.check("offline-given-back")
    assert note_of(draft) == NOTE
    walk.page.locator("[data-swap]").click()
    assert walk.page.locator("main textarea").input_value() == f.ANSWERS["note"]


def test_new_alert_whose_network_went_is_given_back_before_it_has_a_draft(people, live_server, browser):
    walk = prepared(browser, live_server, people["nurse"])
    walk.open("/signaler/")
    cut(walk)
    walk.page.locator("[name=minor][value=doubt]").check(force=True)
    walk.page.locator("[data-saved]").get_by_text("réponses gardées sur cet appareil").wait_for()
    walk.page.goto("about:blank")
    walk.page.wait_for_timeout(1000)
    cut(walk, off=False)
    walk.open("/signaler/")
    walk.page.locator("[data-saved]").get_by_text("Enregistré à").wait_for()
    expect(walk.page.locator("[name=minor][value=doubt]")).to_be_checked()
    address = walk.path
    assert address.endswith("/1/"), "the page is now that of its draft"
    walk.page.reload()
    expect(walk.page.locator("[name=minor][value=doubt]")).to_be_checked()
    walk.open("/signaler/")
    assert walk.page.locator("[name=minor]:checked").count() == 0 and walk.page.locator("main [data-other]").is_hidden()
    assert on_the_device(walk) == []
    walk.go("main a:has-text('Reprendre')")
    assert walk.path == address


def test_what_was_typed_later_elsewhere_stays_and_the_other_is_one_press_away(people, live_server, browser):
    walk = prepared(browser, live_server, people["nurse"])
    draft = second_page(walk, people["nurse"])
    with acting_as(people["nurse"]):
        alerts_operations.save_draft(people["nurse"], draft.pk, {"note": "Écrit au bureau."}, step=2)
    with as_role("nrm_owner"):
        Alert.objects.filter(pk=draft.pk).update(saved_at=timezone.now() + timedelta(minutes=2))
    cut(walk, off=False)
    walk.open(f"/signaler/{draft.pk}/2/")
    walk.page.get_by_text("celles qui sont affichées ici sont plus récentes").wait_for()
    assert walk.page.locator("main textarea").input_value() == "Écrit au bureau."
    walk.page.locator("[data-swap]").click()
    assert walk.page.locator("main textarea").input_value() == NOTE


def test_somebody_who_reads_english_writes_in_english_without_network(people, live_server, browser):
    with as_role("nrm_owner"):
        User.objects.filter(pk=people["nurse"].user_id).update(language="en")
    walk = prepared(browser, live_server, people["nurse"], forms=FORMS)
    cut(walk)
    walk.open("/danger/")
    expect(walk.page.locator("html")).to_have_attribute("lang", "en")
    expect(walk.page.locator(".rp-emergency a[href^='tel:']").first).to_be_in_viewport()
    walk.check("offline-english")
    write_danger(walk)
    walk.page.get_by_role("button", name="Keep, and send when the network is back").click()
    walk.page.get_by_text("Nobody has been told yet: call these numbers first.").wait_for()
    listed(walk, "Waiting for the network: nobody has been told.")
    walk.open("/en/fiches/school/")
    walk.page.get_by_role("heading", level=1).wait_for()
    assert walk.path == "/en/fiches/school/" and not walk.page.locator("[data-offline-page]").count()
    walk.open("/hors-ligne/#envois")  # its French address, as a link of another page says it
    listed(walk, "Waiting for the network: nobody has been told.")
    cut(walk, off=False)
    listed(walk, "Sent on")
    assert [alert.urgency for alert in alerts()] == ["vital"]
