"""The charter of use: asked of everybody once and again when it changes; what is urgent or being sent never waits."""

import hashlib

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from agencies.models import Role, User
from journal.models import Entry
from referral.charter.words import CHARTER, VERSION
from tests import factories as f
from tests.roles import as_role

# what each version said, in both languages: a sentence that changes takes another version
DIGESTS = {"1": "530dbd7a9cec5582", "2": "a192591128c112f7", "3": "03cdc8cef2c159bd"}
PAGE = reverse("referral:charter")
pytestmark = pytest.mark.django_db


def digest() -> str:
    said = []
    for language in ("fr", "en"):
        with override(language):
            said += [f"{rule}\n{why}" for rule, why in CHARTER]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


def comes(accepted: str) -> tuple[Client, User]:
    member = f.member(f.shelter(), Role.FRONTLINE)
    with as_role("nrm_owner"):
        User.objects.filter(pk=member.user_id).update(charter=accepted)
    client = Client()
    client.force_login(User.objects.get(pk=member.user_id), backend="django.contrib.auth.backends.ModelBackend")
    client.member = member
    return client, member.user


def entries(user) -> int:
    with as_role("nrm_owner"):
        return Entry.objects.filter(action="account.charter", subject_id=str(user.pk)).count()


def test_the_text_is_that_of_its_version():
    assert DIGESTS[VERSION] == digest()


def test_whoever_comes_first_is_led_to_it_and_on_to_the_page_that_was_asked_for():
    client, user = comes("")
    wanted = reverse("referral:alert-list") + "?tri=date"
    led = client.get(wanted)
    assert led.status_code == 302 and led.url.startswith(PAGE)
    page = client.get(led.url)
    assert "Lisez ceci avant de commencer" in page.text and "Je l'ai lue et je l'accepte" in page.text
    sent = client.post(PAGE, {"next": page.context["next"], "_membership": client.member.pk})
    assert sent.url == wanted
    assert client.get(wanted).status_code == 200
    known = User.objects.get(pk=user.pk)
    assert known.charter == VERSION and known.charter_at is not None and entries(user) == 1
    assert "Vous l'avez acceptée le" in client.get(PAGE).text


def test_accepting_twice_is_accepting_once():
    client, user = comes("")
    for _time in range(2):
        client.post(PAGE, {"_membership": client.member.pk})
    at = User.objects.get(pk=user.pk).charter_at
    client.post(PAGE, {"_membership": client.member.pk, "x": "1"})
    assert User.objects.get(pk=user.pk).charter_at == at and entries(user) == 1


def test_another_version_is_asked_for_again_and_says_so():
    client, _user = comes("0")
    assert client.get("/").url.startswith(PAGE)
    assert "Elle a changé depuis que vous l'avez acceptée" in client.get(PAGE).text


def test_who_accepted_it_is_never_asked():
    client, _user = comes(VERSION)
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("route", ["referral:danger", "help", "witness", "membership-choose"])
def test_a_danger_and_what_everybody_may_read_never_wait_for_it(route):
    client, _user = comes("")
    assert client.get(reverse(route)).status_code == 200


def test_a_danger_is_sent_and_its_receipt_read_before_it_is_accepted():
    client, user = comes("")
    f.national()
    page = client.get(reverse("referral:danger"))
    assert page.status_code == 200 and not User.objects.get(pk=user.pk).charter
    sent = client.post(reverse("referral:danger"), {"_membership": client.member.pk})
    assert not sent.headers.get("Location", "").startswith(PAGE)


def test_what_is_being_sent_when_it_changes_goes_through():
    client, user = comes("0")
    data = {"_membership": client.member.pk, "language": "fr", "phone": "01 99 00 00 02"}
    assert client.post(reverse("profile"), data).url == reverse("profile")
    assert User.objects.get(pk=user.pk).phone == "01 99 00 00 02"


def test_what_a_script_of_a_page_asks_for_is_not_led_away():
    client, _user = comes("0")
    assert client.get(reverse("still-here"), headers={"Sec-Fetch-Mode": "cors"}).status_code == 204
    assert client.get("/", headers={"Sec-Fetch-Mode": "cors"}).status_code == 200
    assert client.get("/", headers={"Sec-Fetch-Mode": "navigate"}).status_code == 302


def test_it_leads_nowhere_else():
    client, _user = comes("")
    sent = client.post(PAGE, {"next": "https://autre.exemple.invalid/", "_membership": client.member.pk})
    assert sent.url == reverse("home")
