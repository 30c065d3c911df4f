"""Passwords are hashed at one cost, one at a time, and never take every thread of a process."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from agencies.accounts import rules
from agencies.models import User
from agencies.models.accounts import COST
from foundation.errors import Crowded
from tests import factories as f
from tests.roles import as_role
from tests.second_step import pass_second_step

PASSWORD = "trois girafes sous la pluie"


class Former(Argon2PasswordHasher):
    """The cost before: Django's own, 100 MiB on eight lanes."""


@pytest.fixture(autouse=True)
def _as_in_production(settings):
    settings.PASSWORD_HASHERS = ["agencies.accounts.rules.Argon2"]


@pytest.fixture
def worker():
    member = f.member(f.shelter())
    with as_role("nrm_owner"):
        User.objects.filter(pk=member.user_id).update(password=Former().encode(PASSWORD, "a salt of sixteen"))
    return member


def stored(member) -> str:
    return User.objects.get(pk=member.user_id).password


def sign_in(member, password=PASSWORD) -> int:
    return Client().post(reverse("login"), {"username": member.user.email, "password": password}).status_code


def test_a_hash_has_the_cost_of_owasp_on_one_lane():
    assert make_password(PASSWORD).startswith("argon2$argon2id$v=19$m=47104,t=1,p=1$")


@pytest.mark.django_db
def test_a_former_hash_opens_and_is_written_again_at_sign_in(worker):
    former = stored(worker)
    assert "m=102400,t=2,p=8" in former
    assert sign_in(worker, "faux") == 200 and stored(worker) == former
    assert sign_in(worker) == 302
    new = stored(worker)
    assert new.startswith(COST) and check_password(PASSWORD, new)
    assert sign_in(worker) == 302 and stored(worker) == new


@pytest.mark.django_db
def test_who_signs_in_at_a_new_cost_stays_signed_in(worker):
    browser = Client()
    browser.post(reverse("login"), {"username": worker.user.email, "password": PASSWORD})
    pass_second_step(browser, worker.user)
    assert browser.get(reverse("profile")).status_code == 200


def test_one_hash_at_a_time_and_one_thread_is_left(monkeypatch):
    """Twelve at once: never two in the hash, never more than WAITING in its line; the others are told at once."""
    inside, most, lock = [0], [0], threading.Lock()

    def slow(self, password, salt):
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        time.sleep(0.2)
        with lock:
            inside[0] -= 1
        return "hash"

    monkeypatch.setattr(Argon2PasswordHasher, "encode", slow)
    monkeypatch.setattr(rules, "PATIENCE", 0.01)

    def one(_n):
        began = time.monotonic()
        try:
            return rules.Argon2().encode("x", "y"), time.monotonic() - began
        except Crowded:
            return "crowded", time.monotonic() - began

    with ThreadPoolExecutor(12) as pool:
        done = list(pool.map(one, range(12)))
    assert most == [1]
    assert sum(said == "hash" for said, _took in done) == rules.WAITING
    assert max(took for said, took in done if said == "crowded") < 0.15


def test_a_short_line_is_waited_for(monkeypatch):
    """Six at once and a quick hash: everybody has a turn within PATIENCE."""
    monkeypatch.setattr(Argon2PasswordHasher, "encode", lambda self, password, salt: time.sleep(0.02) or "hash")
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(lambda _n: rules.Argon2().encode("x", "y"), range(6))) == ["hash"] * 6


@pytest.mark.django_db
def test_who_finds_the_line_full_is_told_to_send_again_and_no_try_is_counted(worker, monkeypatch):
    places = threading.BoundedSemaphore(1)
    monkeypatch.setattr(rules, "_places", places)
    places.acquire()
    monkeypatch.setattr(rules, "PATIENCE", 0.01)
    browser = Client(raise_request_exception=False)
    for _try in range(7):
        answer = browser.post(reverse("login"), {"username": worker.user.email, "password": PASSWORD})
        assert answer.status_code == 503 and int(answer["Retry-After"]) <= 5
        assert PASSWORD not in answer.content.decode()
    token = browser.post("/api/v1/token/", {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"})
    assert token.status_code in (401, 503)
    places.release()
    assert sign_in(worker) == 302


FORMS = {  # what is sent to each page that asks for a password, or gives a code for one
    "login": {"username": "une@exemple.invalid", "password": PASSWORD},
    "activate": {"email": "une@exemple.invalid", "code": "1" * 16, "password": PASSWORD, "again": PASSWORD},
}


@pytest.mark.django_db
@pytest.mark.parametrize("route", FORMS)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_web_of_pages_hashes_nothing_and_says_that_it_may_be_sent_again(
    settings, monkeypatch, caplog, route, language
):
    """Whatever address brought it there. The webs of sign-in take the same (tests/dev/test_passwords_apart.py)."""
    settings.HASHING = rules.ELSEWHERE
    monkeypatch.setattr(Argon2PasswordHasher, "encode", lambda *_: pytest.fail("hashed"))
    with override(language):
        path = reverse(route)
    answer = Client(raise_request_exception=False).post(path, FORMS[route])
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert PASSWORD not in answer.content.decode() and "a web that hashes none" in caplog.text


@pytest.mark.django_db
def test_a_password_shown_again_is_not_written_into_the_answer(settings, worker):
    """« Send again » gave back what was typed: the present password too, whose field is called otherwise."""
    browser = Client(raise_request_exception=False)
    browser.post(reverse("login"), {"username": worker.user.email, "password": PASSWORD})
    settings.HASHING = rules.ELSEWHERE
    following = reverse("referral:factor-app")
    answer = browser.post(reverse("referral:second-step") + "?next=" + following, {"old": PASSWORD, "next": following})
    assert answer.status_code == 503 and PASSWORD not in answer.content.decode()


@pytest.mark.django_db
def test_a_web_of_pages_takes_no_secret_of_a_program(settings, monkeypatch):
    program = f.program(f.shelter()).api_client
    settings.HASHING = rules.ELSEWHERE
    monkeypatch.setattr(Argon2PasswordHasher, "verify", lambda *_: pytest.fail("hashed"))
    secret = {"client_id": program.client_id, "client_secret": "faux"}
    answer = Client(raise_request_exception=False).post(
        "/api/v1/token/", {"grant_type": "client_credentials", **secret}
    )
    assert answer.status_code == 503


@pytest.mark.django_db
def test_a_web_of_pages_takes_a_code_as_second_step_and_no_password(settings, worker):
    """Who owes a second step in the middle of work waits behind no sign-in."""
    browser = Client(raise_request_exception=False)
    browser.post(reverse("login"), {"username": worker.user.email, "password": PASSWORD})
    settings.HASHING = rules.ELSEWHERE
    pass_second_step(browser, worker.user)
    assert browser.get(reverse("profile")).status_code == 200
    other = "six loutres dans un tiroir"
    changed = {"old": PASSWORD, "password": other, "again": other, "_membership": worker.pk}
    assert browser.post(reverse("referral:password"), changed).status_code == 503
    settings.HASHING = rules.ONLY
    assert browser.post(reverse("referral:password"), changed).status_code == 302
