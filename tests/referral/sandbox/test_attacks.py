"""Whatever happens in a test request, the next request of the same thread is in the real base."""

import os

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.http import StreamingHttpResponse
from psycopg2 import errors

from agencies.models import Sandbox, Session
from foundation import tasks
from foundation.statements.sandbox import inside, led_to, named
from foundation.statements.signing import signature_of
from referral.api.views.records import AlertList
from referral.sandbox.operations import copies, spaces
from tests.database import administration
from tests.referral.api import Caller
from tests.roles import as_role

from . import ALERT, with_test_client

pytestmark = [pytest.mark.django_db, pytest.mark.long]  # each copies a database


@pytest.fixture
def test(w):
    found = with_test_client(w["boss"], w["program"])
    found.ask_token()
    found.web.raise_request_exception = False
    return found


def database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        return cursor.fetchone()[0]


def raises(error):
    def handle(self, request, *args, **kwargs):
        assert inside()
        raise error

    return handle


@pytest.fixture
def real():
    """The database, the connection and its transaction before, which are the same after."""
    kept, name = connections["default"], database()
    yield
    assert connections["default"] is kept
    assert database() == name
    assert inside() == ""


@pytest.mark.parametrize(
    "error",
    [ValueError("x"), OperationalError("timeout"), SystemExit(1), KeyboardInterrupt(), MemoryError()],
    ids=lambda error: type(error).__name__,
)
def test_an_exception_in_a_view(w, test, real, monkeypatch, error):
    monkeypatch.setattr(AlertList, "list", raises(error))
    try:
        answer = test.get("alerts/")
    except (SystemExit, KeyboardInterrupt) as raised:
        assert raised is error
    else:
        assert answer.status_code == 500
    monkeypatch.undo()
    answer = Caller(w["program"]).get("alerts/")
    assert answer.status_code == 200 and "Repere-Space" not in answer and answer.json()["results"] == []


def test_a_streamed_answer_is_made_in_the_space(w, test, real, monkeypatch):
    def stream(self, request, *args, **kwargs):
        return StreamingHttpResponse((database() for _ in range(2)), content_type="text/plain")

    monkeypatch.setattr(AlertList, "dispatch", stream)
    name = database()
    answer = test.get("alerts/")
    assert not answer.streaming
    assert name.encode() not in answer.content and answer.content.count(b"test_space") == 2


def test_a_statement_that_takes_too_long(w, test, real, monkeypatch):
    def slow(self, request, *args, **kwargs):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '50ms'")
            cursor.execute("SELECT pg_sleep(5)")

    monkeypatch.setattr(AlertList, "list", slow)
    assert test.get("alerts/").status_code == 503
    monkeypatch.undo()
    assert test.get("alerts/").status_code == 200


def test_a_transaction_left_open(w, test, real, monkeypatch):
    def leave(self, request, *args, **kwargs):
        transaction.atomic().__enter__()
        connections["default"].close()
        raise ValueError

    monkeypatch.setattr(AlertList, "list", leave)
    assert test.get("alerts/").status_code == 500


def test_the_database_of_the_space_is_gone(w, test, real):
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("UPDATE agencies_sandbox SET database = 'postgres_of_nobody'")
    assert test.get("alerts/").status_code == 503


def test_a_connection_that_cannot_be_made_leads_nowhere(real):
    with pytest.raises(OperationalError), led_to("no_such_database"):
        raise AssertionError("never in the block")


def test_no_task_is_published(test, real, monkeypatch):
    named = []
    monkeypatch.setattr(tasks._waker, "add", named.append)
    assert test.post("alerts/", ALERT).status_code == 201
    assert named == [spaces.WORK]  # that of test spaces, once the real connection is back
    with led_to(connection.settings_dict["NAME"]):
        assert tasks.ActorTask().apply_async() is None


def test_what_is_done_after_a_refusal_is_done_in_the_space(w, test, real):
    """A refusal is told after the rollback, in a transaction of its own."""
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM agencies_programcall")
        before = cursor.fetchone()
    assert test.post("alerts/", {"territory": "75"}).status_code == 400
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM agencies_programcall")
        assert cursor.fetchone() == before


def test_a_cookie_of_a_person_is_neither_read_nor_ended(w, test, real):
    test.web.force_login(w["boss"].user)
    before = Session.objects.count()
    answer = test.get("alerts/")
    assert answer.status_code == 200 and not answer.cookies
    assert Session.objects.count() == before
    assert test.web.get("/").status_code in (200, 302)


def test_a_token_of_the_space_is_in_force_nowhere_else(test, real):
    """The proxy asks before it gives a large body one of the places of who is known."""
    assert test.get("reference/").status_code == 200
    assert test.web.get("/en-vigueur/", headers={"Authorization": f"Bearer {test.token}"}).status_code == 401


def test_wrong_secrets_are_counted_in_the_space(w, test, real):
    def counted():
        with as_role("nrm_owner"), connection.cursor() as cursor:
            cursor.execute("SELECT count(*), sum(level) FROM agencies_tries WHERE kind <> 'total'")
            return cursor.fetchone()

    before = counted()
    test.secret = "wrong"
    assert test.ask_token().status_code == 401
    assert counted() == before


ESCALATIONS = {
    "read rows": "SELECT * FROM agencies_user",
    "read the keys of signatures": "SELECT * FROM nrm.signing_key",
    "make a table that functions of the owner would use": "CREATE TABLE public.agencies_extra (id int)",
    "take a table away": "DROP TABLE agencies_tries",
    "give itself rights": "GRANT SELECT ON agencies_user TO nrm_sandbox",
    "become the owner": "SET ROLE nrm_owner",
    "run a function": "SELECT nrm.transaction()",
    "make the base a template": "ALTER DATABASE {real} WITH IS_TEMPLATE true",
    "copy the base": "CREATE DATABASE stolen TEMPLATE {real}",
}


@pytest.mark.parametrize("how", ESCALATIONS)
def test_who_copies_spaces_gets_at_nothing_by_owning_them(w, test, how):
    with as_role("nrm_owner"):
        name = Sandbox.objects.get(membership=w["program"]).database
    statement = ESCALATIONS[how].format(real=database())
    with copies.administration(name) as cursor, pytest.raises(errors.InsufficientPrivilege):
        cursor.execute(statement)


def test_keys_of_spaces_sign_nothing_of_the_real_base(w, test):
    def keys(name: str) -> set[bytes]:
        with administration(os.environ["DATABASE_OWNER_URL"], name) as cursor:
            cursor.execute("SELECT inner_pad FROM nrm.signing_key")
            return {bytes(pad) for (pad,) in cursor.fetchall()}

    def signature() -> str:
        return signature_of(["1", "2", "case", "", "service", ""], "123@456")

    with named("a test space"):
        there = signature()
    assert there != signature()
    with as_role("nrm_owner"):
        copy = Sandbox.objects.get(membership=w["program"]).database
    assert keys(copy) and not keys(copy) & keys(database())
