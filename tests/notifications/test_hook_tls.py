"""Webhooks over TLS: posted under a certificate of its name only; what a bad one keeps back comes when it is mended."""

import json
import ssl
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from standardwebhooks.webhooks import Webhook

from notifications.operations import addresses

from .hook_world import deliveries, posted, states, told, wait_over
from .listener import SECRET, Listener, hook_of

pytestmark = pytest.mark.django_db
LONG_AGO = datetime.now(UTC) - timedelta(days=2)


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(autouse=True)
def trusted(authority, tmp_path, monkeypatch):
    """This authority and no other: what a machine trusts is a file."""
    authority.cert_pem.write_to_path(tmp_path / "trusted.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "trusted.pem"))


@pytest.fixture
def secured():
    """A program behind TLS, without a certificate so far."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    listener = Listener(context)
    yield listener
    listener.end()


def test_a_program_with_a_certificate_of_its_name_is_told_over_tls(people, authority, secured):
    authority.issue_cert("localhost").configure_cert(secured.context)
    names = []
    secured.context.sni_callback = lambda wire, name, context: names.append(name)
    hook = hook_of(people["program"], secured.url)
    told(people)
    assert posted() == 1
    [(headers, body)] = secured.seen
    assert Webhook(SECRET).verify(body, headers) == json.loads(body)
    assert headers["Host"] == f"localhost:{secured.server_port}"
    assert names == ["localhost"]
    assert states(hook) == ["sent"]


@pytest.mark.parametrize(
    "certificate",
    [
        lambda ours: trustme.CA().issue_cert("localhost"),
        lambda ours: ours.issue_cert("program.example"),
        lambda ours: ours.issue_cert("127.0.0.1"),
        lambda ours: ours.issue_cert("localhost", not_after=LONG_AGO, not_before=LONG_AGO - timedelta(days=9)),
        lambda ours: ours.issue_cert("localhost", not_before=datetime.now(UTC) + timedelta(days=1)),
    ],
    ids=["unknown authority", "another name", "its address", "ended", "not yet good"],
)
def test_another_certificate_is_told_nothing_and_nothing_is_lost(people, authority, secured, certificate):
    certificate(authority).configure_cert(secured.context)
    hook = hook_of(people["program"], secured.url)
    told(people)
    assert posted() == 0 == len(secured.seen)
    [waiting] = deliveries(hook)
    assert (waiting.state, waiting.attempts, waiting.problem, waiting.status) == ("queued", 1, "tls", None)
    authority.issue_cert("localhost").configure_cert(secured.context)
    wait_over(hook)
    assert posted() == 1
    assert states(hook) == ["sent"] and len(secured.seen) == 1


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")  # it is what we offer, to be refused
def test_an_old_protocol_is_told_nothing(people, authority, secured):
    """The near miss: TLS 1.2 is."""
    authority.issue_cert("localhost").configure_cert(secured.context)
    secured.context.set_ciphers("ALL:@SECLEVEL=0")
    secured.context.minimum_version = secured.context.maximum_version = ssl.TLSVersion.TLSv1_1
    hook = hook_of(people["program"], secured.url)
    told(people)
    assert posted() == 0 == len(secured.seen)
    assert [each.problem for each in deliveries(hook)] == ["tls"]
    secured.context.maximum_version = secured.context.minimum_version = ssl.TLSVersion.TLSv1_2
    wait_over(hook)
    assert posted() == 1


def test_a_program_that_speaks_without_tls_at_an_https_address_is_told_nothing(people, here):
    hook = hook_of(people["program"], f"https://localhost:{here.server_port}/repere")
    told(people)
    assert posted() == 0 == len(here.seen)
    assert [each.problem for each in deliveries(hook)] == ["tls"]


def test_one_that_takes_the_call_and_never_shakes_hands_is_left(people, authority, secured, monkeypatch):
    monkeypatch.setattr(addresses, "CONNECT", 0.3)
    authority.issue_cert("localhost").configure_cert(secured.context)
    secured.shakes = False
    hook = hook_of(people["program"], secured.url)
    told(people)
    assert posted() == 0 == len(secured.seen)
    assert [each.problem for each in deliveries(hook)] == ["time"]
