"""`/healthz` and `/readyz`: what they answer when a part is missing, and how little they need themselves."""

import json
import subprocess
import sys
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import module_from_spec, spec_from_file_location

import pytest
from django.conf import settings
from django.db import DatabaseError, connections, transaction
from django.test import Client, RequestFactory
from django.utils import timezone

from agencies.models import Kind, Role
from deploy import alive
from foundation.actor import SYSTEM, acting_as
from journal.models import Heartbeat
from notifications.models import Event, Notice
from notifications.operations import delivery, waiting
from referral.config import health, heartbeats
from referral.config.celery import app
from tests import factories as f
from tests.dev.test_compose import ROOT, SERVICES
from tests.notifications.post import fan_out
from tests.roles import as_role

_spec = spec_from_file_location("ready", ROOT / "deploy" / "ready.py")
ready = module_from_spec(_spec)
_spec.loader.exec_module(ready)


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
@pytest.mark.parametrize(
    ("moved", "said"), [(4, "ok"), (-4, "ok"), (7, "7 s from"), (-65, "65 s from"), (3600, "3600 s")]
)
def test_not_ready_when_the_clock_of_this_host_left_that_of_the_database(monkeypatch, moved, said):
    """Codes of a second factor would be refused, and nobody would know why."""
    real = time.time
    monkeypatch.setattr(health.time, "time", lambda: real() + moved)
    assert health.clock().startswith(said)


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
        with acting_as(SYSTEM):
            Heartbeat.objects.filter(kind=kind).update(at=timezone.now() + ago)
        assert heartbeats.late()[kind].endswith("in the future: the clock was moved back")
        with acting_as(SYSTEM):
            Heartbeat.objects.filter(kind=kind).update(at=timezone.now() - ago)
        heartbeats.write(kind, first=True)  # a start of beat excuses nothing
        assert heartbeats.late()[kind].startswith("last ran ")
        heartbeats.write(kind)
    assert ask("/readyz")[0].status_code == 200


@pytest.mark.django_db
def test_each_kind_of_due_work_is_watched():
    silent = {kind for kind, reason in heartbeats.late().items() if reason}
    assert silent == {
        "beat",
        *settings.CELERY_BEAT_SCHEDULE,
    }
    # ten minutes are the clock of a danger to life: what moves it is late long before
    assert all(heartbeats.limits()[kind] <= timedelta(minutes=2) for kind in ("beat", "due", "fan-out", "vital-mails"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answers", "age", "part"),
    [
        ({"danger": "yes"}, timedelta(minutes=6), "vital-notices"),
        ({}, timedelta(hours=30), "other-notices"),  # more than a night and a weekend day of closed desks
    ],
)
def test_not_ready_when_a_notice_waits_for_too_long(monkeypatch, answers, age, part):
    monkeypatch.setattr(health, "_worker", lambda: "ok")
    f.national()
    f.member(f.coordination(), Role.COORDINATOR)
    f.sent_alert(f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE), **answers)

    def asked():
        with as_role("nrm_worker"):
            heartbeats.write(*heartbeats.limits())
            waiting.note_oldest()
        return ask("/readyz")

    assert asked()[0].status_code == 200, "an event of now"
    for moment in ("at", "fanned_at"):  # no worker made notices of it; none sends them
        with as_role("nrm_owner"):
            assert Event.objects.update(**{moment: timezone.now() - age})
        response, parts = asked()
        assert (response.status_code, [name for name, said in parts.items() if said != "ok"]) == (503, [part])
        assert parts[part].startswith("the oldest waits for ")
        fan_out()
        assert asked()[0].status_code == (200 if moment == "at" else 503), "waits since its notices were made"
    with as_role("nrm_owner"):
        Notice.objects.update(state="sent")
    assert asked()[0].status_code == 200, "once sent"


def test_healthcheck_blames_beat_or_a_worker_and_not_both():
    well = {"beat": 5.0, "due": 20.0, "clocks": 50.0}
    assert alive.late(["due", "clocks"], well) == alive.late(["beat"], well) == []
    assert alive.late(["beat"], {**well, "beat": 200.0}) == ["beat"]
    assert alive.late(["due"], {"beat": 4000.0, "due": 4010.0}) == [], "beat stopped: the worker has nothing to do"
    assert alive.late(["due", "clocks"], {**well, "clocks": 300.0}) == ["clocks"]
    assert alive.late(["beat"], {}) == ["beat"]
    assert alive.late(["due", "clocks"], {**well, "due": -3600.0}) == ["due"], (
        "the clock was moved back, and due is dead"
    )


@pytest.mark.parametrize(
    ("kind", "well", "too_long"),
    [
        ("vital-notices", 290.0, 310.0),
        ("other-notices", 3590.0, 3610.0),
        ("mailing-notices", 12 * 3600 - 10.0, 12 * 3600 + 10.0),
    ],
)
def test_healthcheck_blames_who_sends_when_the_oldest_notice_waits_for_too_long(kind, well, too_long):
    """A mail server that refuses everything stops no work: each kind of it runs, and nobody is told of anything."""
    pulse = {"vital-notices": "vital-mails"}.get(kind, "mail-mails")
    known = {"beat": 5.0, pulse: 20.0, "unsent": 20.0}
    assert alive.late([pulse, kind], {**known, kind: well}) == []
    assert alive.late([pulse, kind], {**known, kind: too_long}) == [kind]
    assert alive.late([pulse, kind], known) == [kind], "nobody ever noted how old it is"
    assert alive.late([pulse, kind], {**known, kind: -3600.0}) == [kind], "of before the clock was moved back"
    stopped = {"beat": too_long, pulse: too_long + 10, "unsent": too_long + 10, kind: too_long + 10}
    assert alive.late([pulse, kind], stopped) == [kind], "while beat is dead nobody knows how old it is"


def test_kinds_of_the_healthchecks_are_watched_by_a_limit_of_theirs():
    watched = {}
    for name, service in SERVICES.items():
        test = service.get("healthcheck", {}).get("test", [])
        if "deploy.alive" in test:
            watched[name] = set(test[4:])
    for kind in set().union(*watched.values()):
        limit = heartbeats.UNSENT.get(kind) or heartbeats.limits()[kind]
        assert limit <= timedelta(seconds=alive.limit(kind)), kind
    assert watched["vital"] == {"vital-mails", "vital-notices"}
    assert watched["mail"] == {"mail-mails", "bulk-mails", "other-notices", "mailing-notices"}
    assert (alive.limit("vital-notices"), alive.limit("other-notices")) == (300, 3600), "as /readyz"
    notices = {kind: limit.total_seconds() for kind, limit in heartbeats.UNSENT.items() if kind.endswith("-notices")}
    assert notices == {"vital-notices": 300, "other-notices": 3600, "mailing-notices": 12 * 3600}
    assert set().union(*watched.values()) > {"beat", "due", "fan-out", "vital-mails"}


@pytest.mark.parametrize("service", ["vital", "mail"])
def test_each_queue_of_a_worker_that_sends_has_a_pulse_in_its_healthcheck(service):
    """A worker of its own for mailings would else be dead unseen until they waited for hours."""
    read = SERVICES[service]["command"][-1].split(",")
    watched = SERVICES[service]["healthcheck"]["test"][4:]
    schedule = settings.CELERY_BEAT_SCHEDULE
    pulses = {
        schedule[kind]["options"]["queue"].rpartition("-")[2]: schedule[kind]
        for kind in watched
        if kind in schedule and schedule[kind]["task"] == "notifications.tasks.pulse"
    }
    assert set(pulses) == {name.removeprefix("repere-") for name in read}


def test_pulse_behind_a_mailing_comes_in_time():
    """What was handed over before it is dropped after a minute; then its turn comes, after the batch in hand."""
    pulse = settings.CELERY_BEAT_SCHEDULE["bulk-mails"]
    longest = delivery.HANDED_OVER + timedelta(seconds=15 + 15)  # the sweep, and a batch of ten
    assert timedelta(seconds=pulse["options"]["expires"]) > longest
    assert timedelta(seconds=pulse["schedule"]) + longest < heartbeats.limits()["bulk-mails"]


def test_healthcheck_starts_without_the_application():
    """It runs every half minute in each container."""
    loaded = "import sys, deploy.alive; sys.exit('django' in sys.modules or 'celery' in sys.modules)"
    subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, check=True)


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


@pytest.mark.parametrize(
    ("status", "parts", "code", "said"),
    [
        (200, {"database": "ok", "beat": "ok"}, 0, ["database: ok", "beat: ok"]),
        (503, {"database": "ok", "beat": "last ran 90 s ago"}, 1, ["beat: last ran 90 s ago", "database: ok"]),
    ],
)
def test_the_runbook_is_told_which_part_is_not_well(monkeypatch, capsys, status, parts, code, said):
    """`ready` of docs/runbook/README.md: each part is said, also while /readyz answers 503, what is not well first."""

    class Probe(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status if self.path == "/readyz" else 404)
            self.end_headers()
            self.wfile.write(json.dumps(parts).encode())

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Probe) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("HEALTH_PORT", str(server.server_port))
        monkeypatch.delenv("HEALTH_HOST", raising=False)
        assert ready.main() == code
        server.shutdown()
    assert capsys.readouterr().out.splitlines() == said
    assert ready.main() == 1, "nobody answers any more"
    assert capsys.readouterr().out.startswith("web: no answer (")


def test_any_other_address_goes_on():
    assert health.HealthMiddleware(lambda request: "next")(RequestFactory().get("/readyz/more")) == "next"
