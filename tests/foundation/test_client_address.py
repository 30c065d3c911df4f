"""The address by which tries are counted: one caller behind the proxy never locks out another."""

from ipaddress import ip_network

import pytest
from django.test import RequestFactory

from foundation.middleware import client_address

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
