"""The worker does in a test space what it does in the real base: notices, exports, imports; nothing leaves it."""

import base64

import pytest
from django.db import connection, connections
from django.utils import timezone

from agencies.models import Sandbox
from foundation import tasks as base
from foundation.statements.sandbox import inside
from notifications.models import Notice
from referral.models import Export
from referral.sandbox import tasks
from referral.sandbox.operations import spaces
from tests.roles import as_role

from . import with_test_client

pytestmark = [pytest.mark.django_db, pytest.mark.long]  # each copies a database
TABLE = "Référence;Majeur / mineur;Département;Forme\nA-1;majeure;75;"


@pytest.fixture
def test(w):
    found = with_test_client(w["boss"], w["program"])
    found.ask_token()
    return found


@pytest.fixture
def worker(monkeypatch):
    """A pass of the worker, whose connections in test spaces have its role."""

    def work() -> int:
        options = connections["default"].settings_dict["OPTIONS"]
        monkeypatch.setitem(options, "assume_role", "nrm_worker")
        with as_role("nrm_worker"):
            done = tasks.work.run()
        monkeypatch.setitem(options, "assume_role", "nrm_app")
        assert inside() == ""
        return done

    return work


def test_notices_come(test, worker, mailoutbox):
    assert test.get("notices/").json()["results"] == []
    assert worker() == 1
    kinds = {row["kind"] for row in test.get("notices/").json()["results"]}
    assert "orientation_sent" in kinds
    with as_role("nrm_owner"):
        assert not Notice.objects.exists()
    assert mailoutbox == []


def test_an_export_is_made_and_fetched(test, worker):
    order = {"list": "cases", "purpose": "meeting", "reason": "Réunion du lundi matin", "file_format": "csv"}
    where = f"exports/{test.post('exports/', order).json()['made']}/"
    assert test.get(where).json()["state"] == "queued"
    worker()
    assert test.get(where).json()["state"] == "ready"
    token = test.post(f"{where}prepare/").json()["token"]
    file = test.post(f"{where}fetch/", {"token": token})
    assert file.status_code == 200 and file["Content-Type"] == "application/zip" and file["Repere-Space"] == "test"
    with as_role("nrm_owner"):
        assert not Export.objects.exists()


def test_an_import_is_loaded(test, worker):
    where = test.post("imports/", {"table": base64.b64encode(TABLE.encode()).decode()}).json()["made"]
    where = f"imports/{where}/"
    match = {"If-Match": "*"}
    matched = test.post(f"{where}columns/", {"columns": ["reference", "age_side", "territory", "form"]}, **match)
    assert matched.status_code == 200, matched.content
    loading = test.post(f"{where}load/", {"only_good": True}, **match)
    assert loading.status_code == 200, loading.content
    worker()
    assert test.get(where).json()["state"] == "loaded"


def test_a_space_that_nobody_uses_or_that_is_gone_holds_nobody_back(w, test, worker):
    second = with_test_client(w["boss"], w["second"])
    with as_role("nrm_owner"):
        Sandbox.objects.filter(membership=w["program"]).update(database="nowhere")
    assert worker() == 1
    with as_role("nrm_owner"):
        Sandbox.objects.update(used_at=timezone.now() - 2 * spaces.IN_USE)
    assert worker() == 0
    assert second.ask_token().status_code == 200


def test_the_worker_is_woken_for_what_writes_and_for_nothing_of_the_real_base(test, monkeypatch):
    named = []
    monkeypatch.setattr(base._waker, "add", named.append)
    test.get("alerts/")
    assert named == []
    test.post("desk/places/", {"places": 3}, **{"If-Match": "*"})
    assert named == [spaces.WORK]


def test_the_connection_is_back_after_a_pass_that_fails(test, worker, monkeypatch):
    def fails(*args, **kwargs):
        assert inside()
        raise ValueError

    monkeypatch.setattr(tasks, "fan_out", fails)
    before = connections["default"]
    assert worker() == 0
    assert connections["default"] is before
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        assert "space" not in cursor.fetchone()[0]


def test_a_server_that_makes_no_copies_is_logged_and_nothing_else(w, test, settings, caplog):
    settings.SANDBOX_DATABASE = "postgresql://nobody@/nowhere?host=/nowhere"
    with as_role("nrm_worker"):
        assert tasks.keep.run() == 0
    assert "test spaces were not kept: OperationalError" in caplog.text
    assert test.get("alerts/").status_code == 200
