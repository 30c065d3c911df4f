"""The address by which tries are counted: one caller behind the proxy never locks out another."""

import base64
from ipaddress import ip_network

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory

from agencies.models import Role
from foundation.middleware import client_address
from referral.api.middleware import request_quota
from tests import factories as f
from tests.roles import as_role

PROXY, ATTACKER, OFFICER = "172.31.251.2", "198.51.100.7", "203.0.113.9"


@pytest.fixture
def behind_proxy(settings):
    settings.TRUSTED_PROXIES = [ip_network("172.31.251.0/28"), ip_network("2001:db8::1")]


@pytest.mark.parametrize(
    ("connection", "forwarded", "found"),
    [
        (PROXY, OFFICER, OFFICER),
        (PROXY, f"{OFFICER}, {ATTACKER}", ATTACKER),  # what the caller wrote itself is not read
        (PROXY, f"{OFFICER}, {ATTACKER}, 172.31.251.3", ATTACKER),  # two proxies in a row
        (PROXY, f"{OFFICER}, garbage", "garbage"),  # no address: it counts for itself, it is nobody's
        (PROXY, "", PROXY),
        (ATTACKER, OFFICER, ATTACKER),  # a connection past the proxy: its header is a lie
        ("2001:db8::1", OFFICER, OFFICER),
        ("", OFFICER, ""),  # a Unix socket
    ],
)
def test_address_is_the_last_hop_that_is_no_proxy_of_ours(behind_proxy, connection, forwarded, found):
    request = RequestFactory().get("/", REMOTE_ADDR=connection, HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == found


def test_without_proxies_the_header_is_never_read(settings):
    settings.TRUSTED_PROXIES = []
    request = RequestFactory().get("/", REMOTE_ADDR=ATTACKER, HTTP_X_FORWARDED_FOR=OFFICER)
    assert client_address(request) == ATTACKER


@pytest.mark.django_db
def test_wrong_passwords_of_another_address_lock_nobody_out(behind_proxy):
    f.national()
    officer = f.member(f.coordination(), Role.COORDINATOR)
    with as_role("nrm_owner"):
        officer.user.set_password("un mot de passe bien à elle")
        officer.user.save()

    def sign_in(address, password):
        caller = Client(REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=f"{OFFICER}, {address}")
        return caller.post("/connexion/", {"username": officer.user.email, "password": password})

    cache.clear()
    answers = [sign_in(ATTACKER, "faux").status_code for _ in range(8)]
    assert answers[-1] == 429, answers
    assert sign_in(OFFICER, "un mot de passe bien à elle").status_code == 302


@pytest.mark.django_db
def test_wrong_secrets_of_another_address_take_nothing_from_a_program(behind_proxy):
    cache.clear()
    wrong = {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(b"programme:faux").decode()}

    def ask(address):
        caller = Client(REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=address)
        return caller.post("/api/v1/token/", {"grant_type": "client_credentials"}, **wrong).status_code

    answers = [ask(ATTACKER) for _ in range(request_quota.TOKENS + 1)]
    assert answers[-1] == 429, answers
    assert ask(OFFICER) == 401
