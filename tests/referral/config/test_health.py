"""`/healthz` and `/readyz`: what they answer when a part is missing, and how little they need themselves."""

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import DatabaseError, connections, transaction
from django.test import Client, RequestFactory
from django.utils import timezone

from foundation.actor import SYSTEM, acting_as
from journal.models import Heartbeat
from referral.config import health, heartbeats
from referral.config.celery import app
from tests.roles import as_role


def ask(path: str, **extra):
    response = health.HealthMiddleware(lambda request: pytest.fail("went on to the application"))(
        RequestFactory().get(path, **extra)
    )
    return response, json.loads(response.content)


def test_it_stands_before_all_other_middleware():
    """Behind the transaction, a database that is down would turn the question into a server error."""
    assert settings.MIDDLEWARE[0] == "referral.config.health.HealthMiddleware"


def test_alive_needs_no_database_no_session_and_no_known_host():
    response = Client().get("/healthz", headers={"host": "10.0.0.7"})
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert not response.cookies
    assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_not_ready_without_a_worker(monkeypatch):
    monkeypatch.setattr(health, "WORKER_SECONDS", 0.3)
    response, parts = ask("/readyz")
    assert response.status_code == 503
    assert parts["worker"] == "no worker answered within 0 s"
    assert (parts["database"], parts["broker"]) == ("ok", "ok")


@pytest.mark.django_db
def test_ready_when_all_answer(monkeypatch):
    """The worker itself answers in test_up.py; here only the sum."""
    monkeypatch.setattr(health, "_worker", lambda: "ok")
    with as_role("nrm_worker"):
        heartbeats.write(*heartbeats.limits())
    response, parts = ask("/readyz")
    assert (response.status_code, set(parts.values())) == (200, {"ok"})


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["beat", "due", "fan-out", "vital-mails", "forget"])
def test_not_ready_when_beat_or_a_kind_of_due_work_stopped(monkeypatch, kind):
    monkeypatch.setattr(health, "_worker", lambda: "ok")
    with as_role("nrm_worker"):
        heartbeats.write(*heartbeats.limits())
        ago = heartbeats.limits()[kind] + timedelta(seconds=5)
        with acting_as(SYSTEM):
            Heartbeat.objects.filter(kind=kind).update(at=timezone.now() - ago)
    response, parts = ask("/readyz")
    assert response.status_code == 503
    assert {name: reason for name, reason in parts.items() if reason != "ok"} == {kind: parts[kind]}
    assert parts[kind].startswith("last ran ")
    with as_role("nrm_worker"):
        heartbeats.write(kind, first=True)  # a start of beat excuses nothing
        assert heartbeats.late()[kind].startswith("last ran ")
        heartbeats.write(kind)
    assert ask("/readyz")[0].status_code == 200


@pytest.mark.django_db
def test_each_kind_of_due_work_is_watched():
    assert {kind for kind, reason in heartbeats.late().items() if reason == "never ran"} == {
        "beat",
        *settings.CELERY_BEAT_SCHEDULE,
    }
    # ten minutes are the clock of a danger to life: what moves it is late long before
    assert all(heartbeats.limits()[kind] <= timedelta(minutes=2) for kind in ("beat", "due", "fan-out", "vital-mails"))


@pytest.mark.django_db
def test_application_writes_no_heartbeat():
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        heartbeats.write("due")


def test_a_missing_database_is_said_without_its_address(monkeypatch, django_db_blocker):
    broken = {**connections["default"].settings_dict, "HOST": "/nowhere/secret", "NAME": "hidden"}
    with django_db_blocker.unblock():
        connections["default"].close()
        monkeypatch.setattr(connections["default"], "settings_dict", broken)
        response, parts = ask("/readyz")
    assert response.status_code == 503
    assert parts["database"] == "no answer (OperationalError)"
    assert "secret" not in response.content.decode()


@pytest.mark.django_db
def test_a_missing_broker_is_said_and_the_worker_not_blamed(monkeypatch):
    def refuse(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr(health.caches["default"], "get", refuse)
    response, parts = ask("/readyz")
    assert response.status_code == 503
    assert parts["broker"] == "no answer (ConnectionRefusedError)"
    assert parts["worker"].startswith("unknown")


@pytest.mark.django_db
def test_a_broker_lost_during_the_ping_is_an_answer_too(monkeypatch):
    def refuse(*args, **kwargs):
        raise ConnectionResetError

    monkeypatch.setattr(app.control, "ping", refuse)
    response, parts = ask("/readyz")
    assert (response.status_code, parts["worker"]) == (503, "no answer (ConnectionResetError)")


def test_any_other_address_goes_on():
    assert health.HealthMiddleware(lambda request: "next")(RequestFactory().get("/readyz/more")) == "next"
