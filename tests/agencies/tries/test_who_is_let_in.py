"""One proxy, several callers: who guesses closes nothing but what it guesses from, with Redis up, hanging and gone."""

import base64
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network

import pytest
from django.core.cache import caches
from django.db import connections
from django.test import Client
from django.urls import reverse

from agencies.models import Role
from agencies.tries.rules import TOTAL
from dev.services import embedded
from foundation.cache import ImpatientRedis
from tests import factories as f
from tests.agencies.accounts.test_views import PASSWORD
from tests.second_step import pass_second_step

pytestmark = pytest.mark.django_db
PROXY, OFFICER, ATTACKER = "172.31.251.2", "203.0.113.9", "198.51.100.{}"
REDIS = ("up", "hanging", "gone")


@pytest.fixture(autouse=True)
def _behind_the_proxy(settings):
    settings.TRUSTED_PROXIES = [ip_network("172.31.251.0/28")]
    caches["default"].clear()


@pytest.fixture
def redis(request, settings, tmp_path):
    """A Valkey of this test: running, stopped in the middle of everything (SIGSTOP), or ended."""
    broker = embedded.Broker(tmp_path / "broker", durable=False)
    broker.start()
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": broker.url}}
    ImpatientRedis.away_until = 0.0
    if request.param == "hanging":
        broker.child.process.send_signal(signal.SIGSTOP)
    elif request.param == "gone":
        broker.stop()
    yield broker
    if request.param == "hanging":
        broker.child.process.send_signal(signal.SIGCONT)
    broker.stop()
    ImpatientRedis.away_until = 0.0


def caller(address: str) -> Client:
    return Client(REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=address)


def sign_in(client: Client, email: str, password: str = PASSWORD) -> int:
    return client.post(reverse("login"), {"username": email, "password": password}).status_code


def officer():
    return f.member(f.coordination(), Role.COORDINATOR).user


@pytest.mark.parametrize("redis", REDIS, indirect=True)
def test_sign_in_and_its_limits_hold_whatever_happens_to_redis(redis):
    who = officer()
    began = time.monotonic()
    wrong = [sign_in(caller(ATTACKER.format(1)), who.email, "faux") for _ in range(8)]
    assert wrong == [200] * 5 + [429] * 3
    assert sign_in(caller(OFFICER), who.email) == 302
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("redis", REDIS, indirect=True)
def test_tokens_are_issued_whatever_happens_to_redis(redis):
    program = f.program(f.shelter())
    client_id = program.api_client.client_id

    def ask(address, secret):
        pair = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
        body = {"grant_type": "client_credentials"}
        return caller(address).post("/api/v1/token/", body, HTTP_AUTHORIZATION=f"Basic {pair}").status_code

    wrong = [ask(ATTACKER.format(1), "faux") for _ in range(8)]
    assert wrong == [401] * 5 + [429] * 3
    assert ask(OFFICER, "secret-of-the-test") == 200


def test_many_addresses_do_not_close_the_account_where_its_owner_signed_in_before():
    who = officer()
    her_phone, her_office = caller("203.0.113.77"), caller(OFFICER)
    assert sign_in(her_office, who.email) == 302
    assert sign_in(her_phone, who.email) == 302
    answers = [sign_in(caller(ATTACKER.format(n)), who.email, f"faux {n}") for n in range(1, 60)]
    assert answers[0] == 200 and answers[-1] == 429
    assert sign_in(caller(OFFICER), who.email) == 302  # another browser at her office
    her_phone.defaults["HTTP_X_FORWARDED_FOR"] = "192.0.2.200"  # her browser on another network
    pass_second_step(her_phone, who)
    her_phone.get(reverse("profile"))  # where a browser gets its proof
    her_phone.cookies.pop("sessionid")
    assert sign_in(her_phone, who.email) == 302
    assert sign_in(caller("192.0.2.201"), who.email) == 429  # a new browser elsewhere waits a little


def test_one_address_that_tries_every_account_is_closed_and_nobody_else():
    people = [officer() for _ in range(3)]
    answers = [sign_in(caller(ATTACKER.format(9)), f"personne{n}@exemple.invalid", f"faux {n}") for n in range(40)]
    assert answers[:29] == [200] * 29 and answers[-1] == 429
    assert sign_in(caller(ATTACKER.format(9)), people[0].email) == 429
    assert [sign_in(caller(OFFICER), who.email) for who in people] == [302] * 3


def test_one_password_tried_on_forty_accounts_from_forty_addresses_is_slowed():
    """Whoever sprays has many addresses: no account and no address is tried twice."""
    people = [officer() for _ in range(3)]
    answers = [
        sign_in(caller(f"198.51.{n}.7"), f"personne{n}@exemple.invalid", "Printemps2026!") for n in range(37)
    ] + [sign_in(caller(f"198.52.{n}.7"), who.email, "Printemps2026!") for n, who in enumerate(people)]
    assert answers[:9] == [200] * 9 and set(answers[9:]) == {429}
    assert [sign_in(caller(f"192.0.2.{n}"), who.email) for n, who in enumerate(people)] == [302] * 3
    assert sign_in(caller("198.53.1.7"), people[0].email, "Automne2026!") == 200  # wrong: another heap


def test_a_service_that_signs_in_at_nine_behind_one_address_is_not_locked():
    """For the first time, from one new address, each with a password of their own; every fourth mistypes it first."""
    unit = f.coordination()
    people = [f.member(unit, Role.COORDINATOR).user for _ in range(40)]
    for who in people:
        with f.as_role("nrm_owner"):
            who.set_password(f"{who.email} trois girafes")
            who.save()
    answers = []
    for n, who in enumerate(people):
        if n % 4 == 0:
            answers.append(sign_in(caller(OFFICER), who.email, f"{who.email} deux girafes"))
        answers.append(sign_in(caller(OFFICER), who.email, f"{who.email} trois girafes"))
    assert answers.count(302) == 40 and answers.count(200) == 10


@pytest.mark.long
def test_one_who_has_many_networks_of_ipv6_closes_none_of_the_others():
    who, networks = officer(), range(1, 15)
    answers = [
        sign_in(caller(f"2001:db8:1:{n:x}::1"), f"personne{n}{k}@exemple.invalid", f"faux {n} {k}")
        for n in networks
        for k in range(28)
    ]
    assert answers.count(200) < TOTAL.free / 2 and answers[-1] == 429
    assert sign_in(caller("2001:db8:2:1::1"), who.email) == 302  # where she never signed in
    assert sign_in(caller("192.0.2.1"), officer().email) == 302


@pytest.mark.django_db(transaction=True)
def test_twelve_wrong_passwords_at_once_are_no_more_than_six(transactional_db, monkeypatch):
    who, checked, lock = officer(), [], threading.Lock()
    check = type(who).check_password

    def slow(user, raw):
        with lock:
            checked.append(raw)
        time.sleep(0.2)
        return check(user, raw)

    monkeypatch.setattr(type(who), "check_password", slow)

    def try_one(_n):
        try:
            return sign_in(caller(ATTACKER.format(5)), who.email, "faux")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(try_one, range(12)))
    assert len(checked) <= 6, answers
    assert answers.count(429) >= 6
