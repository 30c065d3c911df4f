"""A row or a table that somebody holds: who waits for it is told within a time, and loses nothing."""

import os
import time
import uuid
from contextlib import closing, contextmanager

import psycopg2
import pytest
from django.db import connections, transaction
from django.test import Client
from django.urls import reverse

from foundation.actor import SYSTEM, acting_as
from foundation.errors import is_busy
from foundation.tasks import one_by_one
from referral.config import environment
from tests import factories as f
from tests.referral.alerts.alert_pages import STEP1, STEP2, Browser, make_people
from tests.referral.api import Caller, refused
from tests.roles import as_role

pytestmark = pytest.mark.django_db(transaction=True)
TYPED = "Une phrase fictive, écrite pour rien d'autre"


@contextmanager
def held(statement: str, values=()):
    """Hold what the statement locks, from another connection."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(statement, values)
        yield


@pytest.fixture(autouse=True)
def short_limit(request, monkeypatch):
    """Wait for half a second only, but in the test of the real limit."""
    if "real_limit" in request.fixturenames:
        return
    connection = connections["default"]
    known = connection.settings_dict["OPTIONS"]
    options = known["options"].replace("lock_timeout=4000", "lock_timeout=500")
    assert options != known["options"]
    monkeypatch.setitem(known, "options", options)
    connection.close()
    request.addfinalizer(connection.close)


@pytest.fixture
def real_limit():
    return environment.TIMEOUTS["app"]["lock_timeout"]


def alert_held(pk):
    return held("SELECT 1 FROM referral_alert WHERE id = %s FOR UPDATE", [pk])


@pytest.fixture
def draft():
    browser = Browser(Client(raise_request_exception=False), make_people()["nurse"])
    pk = browser.start()
    browser.fill(pk, STEP1)
    return browser, pk


def test_form_of_a_held_row_is_answered_in_time_and_given_back(draft, real_limit):
    browser, pk = draft
    began = time.monotonic()
    with alert_held(pk):
        answer = browser.post("alert-step", pk, 2, **STEP2, note=TYPED)
    assert real_limit <= time.monotonic() - began < real_limit + 5
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    page = answer.content.decode()
    assert "n'a pas été enregistrée" in page.replace("&#x27;", "'")
    assert f'name="note" value="{TYPED}"'.replace("'", "&#x27;") in page
    assert f'name="_membership" value="{browser.member.pk}"' in page
    assert 'name="csrfmiddlewaretoken"' in page
    assert browser.post("alert-step", pk, 2, **STEP2, note=TYPED).status_code == 302, "sent again, it is taken"


def test_page_that_waits_offers_itself_again(draft):
    browser, pk = draft
    with held("LOCK TABLE referral_alert IN ACCESS EXCLUSIVE MODE"):
        answer = browser.get("alert-step", pk, 2, retour="1")
    assert answer.status_code == 503
    page = answer.content.decode()
    assert f'href="{reverse("referral:alert-step", args=[pk, 2])}?retour=1"' in page
    assert "<form" not in page


def test_password_is_not_written_into_the_answer():
    with held("LOCK TABLE agencies_user IN ACCESS EXCLUSIVE MODE"):
        answer = Client(raise_request_exception=False).post(
            "/connexion/", {"username": "a@exemple.invalid", "password": "phrase secrète"}
        )
    assert answer.status_code == 503
    assert "phrase secrète" not in answer.content.decode()
    assert "<form" not in answer.content.decode()


def test_wait_of_the_commit_is_an_answer_too(draft):
    """Deferred constraints and the session are written outside of the view."""
    browser, pk = draft
    with held("LOCK TABLE agencies_session IN ACCESS EXCLUSIVE MODE"):
        answer = browser.get("alert-step", pk, 2)
    assert answer.status_code == 503


def test_program_is_told_to_send_again():
    f.national()
    caller = Caller(f.program(f.shelter()))
    with held("LOCK TABLE referral_alert IN ACCESS EXCLUSIVE MODE"):
        answer = caller.post("alerts/", {"territory": "75", "when": "today", "minor": "no", "danger": "no",
                                         "none_of_these": True, "agreement": "not_asked"})  # fmt: skip
    refused(answer, 503, "busy")
    assert answer["Retry-After"] == "5"


def test_program_is_told_so_where_its_token_is_read():
    f.national()
    caller = Caller(f.program(f.shelter()))
    with held("LOCK TABLE agencies_membership IN ACCESS EXCLUSIVE MODE"):
        refused(caller.get("cases/"), 503, "busy")


@pytest.mark.parametrize(
    ("role", "lock", "statement", "idle"),
    [("app", "4s", "20s", "1min"), ("worker", "5s", "10min", "10min"), ("owner", "1min", "0", "0")],
)
def test_each_role_has_its_own_limits(role, lock, statement, idle):
    options = environment.database("postgresql://nrm_app@localhost/nrm", role)["OPTIONS"]["options"]
    with connections["owner"].cursor() as cursor:
        for setting in options.split("-c ")[1:]:
            cursor.execute("SELECT set_config(%s, %s, false)", setting.strip().split("="))
        found = []
        for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
            cursor.execute(f"SHOW {name}")
            found += cursor.fetchone()
    connections["owner"].close()
    assert found == [lock, statement, idle]


@pytest.mark.parametrize("role", ["app", "worker"])
def test_what_a_role_set_for_itself_loses_no_write_and_stops_none(role):
    """Who has its password may: `ALTER ROLE nrm_app SET synchronous_commit = off`: a crash takes what was answered."""
    options = environment.database("postgresql://nrm_app@localhost/nrm", role)["OPTIONS"]["options"]
    here, found = connections["default"].settings_dict, []
    who = {"user": f"nrm_{role}", "dbname": here["NAME"]}
    # in this database alone: other tests use the role meanwhile
    change = f"ALTER ROLE nrm_{role} IN DATABASE {connections['default'].ops.quote_name(here['NAME'])}"
    with closing(psycopg2.connect(os.environ["DATABASE_URL"], **who)) as thief, thief.cursor() as said:
        thief.autocommit = True
        said.execute(f"{change} SET synchronous_commit = off")
        said.execute(f"{change} SET default_transaction_read_only = on")
        try:
            with closing(psycopg2.connect(os.environ["DATABASE_URL"], options=options, **who)) as own:
                for setting in ("synchronous_commit", "default_transaction_read_only"):
                    with own.cursor() as cursor:
                        cursor.execute(f"SHOW {setting}")
                        found += cursor.fetchone()
        finally:
            said.execute("SET default_transaction_read_only = off")
            said.execute(f"{change} RESET ALL")
    assert found == ["on", "off"]


def test_worker_leaves_a_held_row_and_handles_the_others():
    coordinator = f.member(f.coordination())
    held_one, other = (f.draft(coordinator).pk for _ in range(2))

    def touch(pk):
        with acting_as(SYSTEM), connections["default"].cursor() as cursor:
            cursor.execute("SELECT 1 FROM referral_alert WHERE id = %s FOR UPDATE", [pk])
            return cursor.rowcount

    with alert_held(held_one), as_role("nrm_worker"):
        assert one_by_one("alert", [(held_one,), (other,)], touch) == 1


def test_other_errors_are_not_called_busy():
    with pytest.raises(Exception) as raised, transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("SELECT 1/0")
    assert not is_busy(raised.value)
    assert not is_busy(RuntimeError(str(uuid.uuid4())))
