"""Where a webhook may be posted: public addresses only, resolved anew each time, and connected to as checked."""

import socket

import pytest

from notifications.operations import addresses

from .hook_world import deliveries, posted, told, wait_over
from .listener import hook_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.9.9", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200",
        "168.63.129.16", "0.0.0.0", "192.0.2.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::808:808", "2002:7f00:1::", "2001::1",
        "::127.0.0.1", "fec0::1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address):
    assert not addresses.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "193.51.208.14", "2a00:1450:4007::1", "2606:4700::1111"])
def test_addresses_that_are_public(address):
    assert addresses.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://program.example/", "ftp://program.example/", "file:program", "gopher://program.example/",
        "https://", "https:///path", "//program.example/", "https://user:pass@program.example/",
        "https://program.example@127.0.0.1/", "https://program.example/#part", "https://program.example:0/",
        "https://program.example:99999/", "https://program.example/\r\nHost: x", "https://program.example\\@127.0.0.1/",
        "https://prógram.example/", "https://program.example/ x", f"https://program.example/{'x' * 500}",
    ],
)  # fmt: skip
def test_texts_that_are_no_address_to_post_to(settings, url):
    settings.HOOKS_TO_LOOPBACK = False
    with pytest.raises(addresses.NotAnAddress):
        addresses.parsed(url)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "2130706433", "0177.0.0.1", "0x7f.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_no_spelling_of_this_machine_is_reached(people, here, settings, host):
    """A listener is there, and hears nothing; with a name that leads there too."""
    settings.HOOKS_TO_LOOPBACK = False
    hook = hook_of(people["program"], f"https://{host}:{here.server_port}/")
    told(people)
    assert posted() == 0 == len(here.seen)
    assert [each.problem for each in deliveries(hook)] == ["address"]


def names(monkeypatch, *answers):
    """A resolver that answers in turn, and keeps how often it was asked."""
    asked = []

    def resolve(host, port, **kwargs):
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


def test_a_name_that_moves_to_a_private_address_is_refused_at_the_next_sending(people, here, settings, monkeypatch):
    settings.HOOKS_TO_LOOPBACK = False
    reached = []
    monkeypatch.setattr(addresses._Wire, "connect", lambda self, found: reached.append(found) or _refuse())
    names(monkeypatch, ["93.184.215.14"], ["127.0.0.1"])
    hook = hook_of(people["program"], f"https://moves.example:{here.server_port}/")
    told(people)
    posted()
    assert [each[1] for each in reached[0]] == [("93.184.215.14", here.server_port)]
    wait_over(hook)
    posted()
    assert len(reached) == 1 and here.seen == []
    assert [each.problem for each in deliveries(hook)] == ["address"]


def _refuse():
    raise ConnectionRefusedError


def test_the_name_is_resolved_once_and_the_checked_address_connected_to(settings, monkeypatch):
    settings.HOOKS_TO_LOOPBACK = False
    connected = []
    monkeypatch.setattr(socket.socket, "connect", lambda self, address: connected.append(address) or _refuse())
    asked = names(monkeypatch, ["93.184.215.14"], ["127.0.0.1"])
    with pytest.raises(ConnectionRefusedError):
        addresses.post("https://moves.example/", b"{}", {})
    assert (asked, connected) == (["moves.example"], [("93.184.215.14", 443)])


def test_one_private_address_among_public_ones_refuses_the_name(settings, monkeypatch):
    settings.HOOKS_TO_LOOPBACK = False
    names(monkeypatch, ["93.184.215.14", "10.0.0.1"])
    with pytest.raises(addresses.NotPublic):
        addresses.post("https://both.example/", b"{}", {})


def test_http_reaches_this_machine_alone_and_in_development_alone(settings, monkeypatch):
    settings.HOOKS_TO_LOOPBACK = True
    names(monkeypatch, ["93.184.215.14"])
    with pytest.raises(addresses.NotPublic):
        addresses.post("http://program.example/", b"{}", {})
