"""What the proxy asks before it reads a large body: known or not, and no trace of having asked."""

from datetime import timedelta
from ipaddress import ip_network
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client, override_settings
from redis import exceptions

from agencies.models import ProgramCall, Role
from foundation.cache import ImpatientRedis
from journal.models import Entry
from tests import factories as f
from tests.referral.api import Caller, token_of
from tests.referral.factors.set_up import give_app, half
from tests.roles import as_role
from tests.second_step import pass_second_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def home():
    f.national()
    return f.shelter()


def asked(token: str = "", client: Client | None = None) -> tuple[int, bytes, bool]:
    """Return status, body and whether anything is said of a quota."""
    answer = (client or Client()).get("/en-vigueur/", headers={"Authorization": f"Bearer {token}"} if token else {})
    return answer.status_code, answer.content, "RateLimit" in answer


KNOWN, UNKNOWN = (204, b"", False), (401, b"", False)


def test_a_token_in_force_is_known_and_asking_is_no_call(home):
    program = Caller(f.program(home))
    cache.clear()
    for _ in range(3):
        assert asked(program.token) == KNOWN
    with as_role("nrm_owner"):
        assert not ProgramCall.objects.exists() and not Entry.objects.exists()
    left = program.get("reference/").headers["RateLimit"]
    assert '"ordinary";r=299' in left, "the call of the body itself is the first"


def test_a_token_that_is_over_altered_cut_or_of_a_test_space_is_not(home):
    program = f.program(home)
    token = token_of(program)
    assert asked(token) == KNOWN
    assert asked() == asked(token + "x") == asked("é" * 20) == asked("test_x.drawn.99.aa") == UNKNOWN
    assert asked(token_of(program, lasts=timedelta(seconds=-1))) == UNKNOWN
    with as_role("nrm_owner"):
        type(program).objects.filter(pk=program.pk).update(active=False)
    assert asked(token) == UNKNOWN


def test_a_session_is_known_once_it_owes_nothing(home):
    member = f.member(home, Role.CASE_WORKER)
    give_app(member)
    client = half(member)
    assert asked(client=client) == UNKNOWN, "the password alone may be a thief's"
    pass_second_step(client, member.user)
    assert asked(client=client) == KNOWN
    client.logout()
    assert asked(client=client) == UNKNOWN
    assert Client().post("/en-vigueur/").status_code == 405


# -- in which line a body waits

DOCUMENT, TEXT = "320000", "319999"


def line(length: str, body: str = "", token: str = "", client: Client | None = None, **extra) -> str:
    """Return the line that the proxy is told, for a body whose id in the proxy is `body` or a new one."""
    headers = {"X-Body-Length": length, "X-Request-Id": body or str(uuid4())}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    return (client or Client()).get("/en-vigueur/", headers=headers, **extra).headers["X-Line"]


def signed_in(member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


@pytest.fixture
def no_place(settings):
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.0/8")]  # the proxy's id of a request is believed
    cache.clear()


@pytest.mark.usefixtures("no_place")
def test_one_account_holds_a_few_places_and_others_all_the_rest(home):
    """In two browsers too. It held all of them: nobody else could add a document."""
    thief, nurse = f.member(home), f.member(home)
    one, two, other = (signed_in(member) for member in (thief, thief, nurse))
    tired = signed_in(f.member(home))  # whose line broke three times
    assert [line(DOCUMENT, client=client) for client in (one, two, one, two)] == ["known"] * 3 + ["known-more"]
    assert line("", client=one) == "known-last", "in pieces: a document"
    assert line("0100000", client=one) == "known-last", "the proxy reads no text in it"
    assert [line(DOCUMENT, client=tired) for _ in range(4)][3:] == ["known-more"], "nor that of who sends again"
    assert line(DOCUMENT, client=other) == "known"
    assert [line(TEXT, client=one) for _ in range(13)] == ["known"] * 12 + ["known-more"], "texts are counted apart"
    assert line(TEXT, client=other) == "known"


@pytest.mark.usefixtures("no_place")
def test_one_program_and_one_address_hold_a_few_places_each(home):
    first, second = token_of(f.program(home)), token_of(f.program(home))
    assert [line(DOCUMENT, token=token) for token in (first, second) * 2] == ["known"] * 3 + ["known-more"]
    assert line(DOCUMENT, token=token_of(f.program(f.shelter()))) == "known", "another agency's"
    assert [line(DOCUMENT) for _ in range(2)] == ["others", "others-more"]
    assert line(DOCUMENT, REMOTE_ADDR="203.0.113.7") == "others"


@pytest.mark.usefixtures("no_place")
def test_a_place_is_left_when_its_body_was_answered(home):
    member = f.member(home)
    client, bodies = signed_in(member), [str(uuid4()) for _ in range(3)]
    assert {line(DOCUMENT, body, client=client) for body in bodies} == {"known"}
    sent = {"content_type": "text/plain", "data": b"x" * 320_000}
    client.post("/nulle-part/", **sent, headers={"X-Request-Id": str(uuid4())})
    assert line(DOCUMENT, client=client) == "known-more", "near miss: another body"
    assert client.post("/nulle-part/", **sent, headers={"X-Request-Id": bodies[1]}).status_code == 409, "an answer"
    assert [line(DOCUMENT, client=client) for _ in range(2)] == ["known", "known-last"]
    assert line("16000001", client=client) == "known-last"
    body = str(uuid4())
    assert line(TEXT, body, client=client) == "known"
    with override_settings(FILE_UPLOAD_MAX_MEMORY_SIZE=1000):
        assert client.post("/nulle-part/", **sent, headers={"X-Request-Id": body}).status_code == 413
    assert cache.get(f"body:{body}") is None, "a refusal leaves it too"


@pytest.mark.usefixtures("no_place")
def test_without_redis_they_are_counted_in_the_database(home, monkeypatch):
    def away(*args, **options):
        raise exceptions.ConnectionError

    monkeypatch.setattr(ImpatientRedis, "execute_command", away)
    one, other = signed_in(f.member(home)), signed_in(f.member(home))
    assert [line(DOCUMENT, client=one) for _ in range(5)] == ["known"] * 3 + ["known-more", "known-last"]
    assert line(DOCUMENT, client=other) == "known"
    sent = one.post("/nulle-part/", content_type="text/plain", data=b"x" * 320_000)
    assert sent.status_code == 409, "answered; its place is left by itself"
