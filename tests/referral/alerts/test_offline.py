"""What a device sends once the network is back: once, in its author's name, with the day it was written."""

import uuid
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Kind, Role, User
from foundation.actor import acting_as
from indicators.models import PackFile, Sheet
from referral.alerts.rules import REQUIRED, device_mark
from referral.alerts.views import offline
from referral.models import Alert
from tests import factories as f
from tests.referral.pages import text
from tests.roles import as_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def nurse(db):
    f.national()
    f.coordination()
    return f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)


def client_of(member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def send(member, draft, **answers):
    data = {"draft": str(draft), "_membership": member.pk, **answers}
    return client_of(member).post(reverse("referral:offline-deliver"), data)


def alert(member, draft, **changed):
    answers = {"territory": "75", "when": "today", "minor": "no", "danger": "no", "none_of_these": "on"}
    return send(member, draft, **{"kind": "report", "agreement": "not_asked", **answers, **changed})


def danger(member, draft, **changed):
    answers = {"territory": "75", "minor": "no", "callback": "06 12 34 56 78", "where": ""}
    return send(member, draft, **{"kind": "danger", **answers, **changed})


def kept(member, draft) -> Alert:
    with acting_as(member):
        return Alert.objects.mine(member).select_related("content").get(pk=draft)


@pytest.mark.parametrize("send_one", [alert, danger])
def test_sent_twice_it_is_one_alert(nurse, send_one):
    draft = uuid.uuid4()
    first, again = send_one(nurse, draft).json(), send_one(nurse, draft, territory="").json()
    assert first["state"] == "sent"
    assert kept(nurse, draft).reference == first["reference"]
    if send_one is alert:
        assert again == first  # whatever it holds now
    assert danger(nurse, draft).json()["reference"] == first["reference"]


@pytest.mark.parametrize(("when", "days", "meant"), [("today", 2, 2), ("yesterday", 1, 2), ("past", 2, None)])
def test_today_is_the_day_on_which_it_was_written(nurse, when, days, meant):
    draft, today = uuid.uuid4(), timezone.localdate()
    said = alert(nurse, draft, when=when, written=(today - timedelta(days=days)).isoformat())
    assert said.json()["state"] == "sent"
    answers = kept(nurse, draft).content.data
    if meant is None:
        assert answers["when"] == when
    else:
        assert (answers["when"], answers["when_date"]) == ("date", (today - timedelta(days=meant)).isoformat())


@pytest.mark.parametrize("written", ["", "hier", "2999-01-01"])
def test_a_clock_that_says_nothing_changes_no_answer(nurse, written):
    draft = uuid.uuid4()
    assert alert(nurse, draft, written=written).json()["state"] == "sent"
    assert kept(nurse, draft).content.data["when"] == "today"


def test_an_hour_that_has_passed_meanwhile_does_not_hold_the_alert_back(nurse):
    draft = uuid.uuid4()
    past = (timezone.localtime() - timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M")
    assert alert(nurse, draft, reachable_until=past).json()["state"] == "sent"
    assert kept(nurse, draft).reachable_until is None


def test_what_is_not_complete_arrives_as_a_draft_with_all_that_can_be_read(nurse):
    draft = uuid.uuid4()
    said = alert(nurse, draft, agreement="", persons="beaucoup", language="bm").json()
    assert said == {"state": "draft", "url": reverse("referral:alert-step", args=[draft, 1])}
    found = kept(nurse, draft)
    assert found.state == Alert.State.DRAFT and found.content.data["language"] == "bm"


def test_a_danger_that_cannot_be_read_says_what_to_correct(nurse):
    draft = uuid.uuid4()
    said = danger(nurse, draft, callback="mon bureau").json()
    assert said["state"] == "wrong" and list(said["errors"]) == ["callback"]
    with acting_as(nurse):
        assert not Alert.objects.mine(nurse).exists()


def test_an_id_of_somebody_else_sends_nothing_and_tells_nothing(nurse):
    draft, other = uuid.uuid4(), f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    reference = alert(nurse, draft).json()["reference"]
    answer = alert(other, draft)
    assert answer.status_code == 404 and reference not in answer.content.decode()
    assert kept(nurse, draft).author_id == nurse.pk


def test_what_a_member_may_not_write_with_network_is_refused_without(nurse):
    boss = f.member(nurse.agency, Role.AGENCY_ADMIN)
    assert alert(boss, uuid.uuid4()).status_code == 403
    assert client_of(boss).get(reverse("referral:offline-ticket")).status_code == 403


def test_ticket_says_whose_alerts_may_leave_and_no_more(nurse):
    colleague = f.member(nurse.agency, Role.FRONTLINE)
    said = client_of(nurse).get(reverse("referral:offline-ticket"))
    assert sorted(said.json()) == ["mark", "membership", "token"]
    assert said.json()["mark"] == device_mark(nurse) != device_mark(colleague)
    assert said["Cache-Control"] == "no-store"
    assert Client().get(reverse("referral:offline-ticket")).status_code == 302


def test_device_fetches_its_page_anew_when_the_words_of_it_change(nurse, monkeypatch):
    def script():
        cache.delete(f"{offline.PAGE}-fr")
        return Client().get(reverse("service-worker")).content

    before = script()
    assert script() == before
    monkeypatch.setitem(REQUIRED, "when", "Dites quand, en d'autres mots.")
    assert script() != before


def test_device_fetches_the_sheets_anew_when_one_of_them_changes(nurse):
    def script():
        cache.delete(f"{offline.PAGE}-fr")
        return Client().get(reverse("service-worker")).content.decode()

    before = script()
    assert before.count('"/fiches/') == 13, "the list, and a sheet for each of twelve professions"
    with as_role("nrm_owner"):
        Sheet.objects.filter(pk="school").update(after_fr="Une autre suite.")
        PackFile.objects.filter(pk="sheets.yaml").update(checksum="of other content")
    assert script() != before


def test_page_of_the_device_names_no_service_to_tick_and_no_next_page(nurse):
    page = text(client_of(nurse).get(reverse("offline")))
    assert "Rien de coché : l'alerte reste dans votre organisme, sauf pour un mineur" in page
    assert "ni parmi les services" not in page and "étape suivante" not in page


def test_page_of_the_device_is_the_same_for_all(nurse):
    anonymous = Client()
    page = anonymous.get(reverse("offline")).content.decode()
    assert "csrfmiddlewaretoken" not in page and "sessionid" not in page
    script = anonymous.get(reverse("service-worker"))
    assert script["Content-Type"].startswith("text/javascript")
    assert reverse("offline") in script.content.decode()
    manifest = anonymous.get(reverse("referral:manifest")).json()
    assert manifest["start_url"] == "/" and manifest["icons"][0]["src"].endswith("icon.svg")


def english(member):
    with as_role("nrm_owner"):
        User.objects.filter(pk=member.user_id).update(language="en")
    member.user.refresh_from_db()
    return client_of(member)


def test_device_of_somebody_who_reads_english_keeps_english(nurse):
    at_work = english(nurse).get("/").content.decode()
    assert 'data-worker="/en/sw.js"' in at_work
    script = Client().get("/en/sw.js")
    assert script["Service-Worker-Allowed"] == "/"  # it answers for every page
    kept = script.content.decode()
    assert 'PAGE = "/en/hors-ligne/"' in kept and kept.count('"/en/fiches/') == 13 and '"/fiches/' not in kept
    page = Client().get("/en/hors-ligne/").content.decode()
    assert '<html lang="en"' in page and 'data-worker="/en/sw.js"' in page
    assert "Nobody has been told yet: call these numbers first." in page
    assert "csrfmiddlewaretoken" not in page and "sessionid" not in page
    assert 'data-sign-in="/en/connexion/?next=/en/hors-ligne/%23envois"' in page


def test_address_of_the_script_says_its_language_whoever_is_signed_in(nurse):
    """The browser asks for it again at any time: a session that began or ended must not change what is kept."""
    french, other = Client().get("/sw.js").content, Client().get("/en/sw.js").content
    assert french != other
    member = english(nurse)
    assert member.get("/sw.js").content == french and member.get("/en/sw.js").content == other
    assert client_of(f.member(nurse.agency, Role.FRONTLINE)).get("/en/sw.js").content == other
