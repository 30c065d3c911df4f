"""A desk that stays silent, with nothing of ours replaced: the beat rings, a worker of its own role and login acts, and
only the hands of the clock (`due_at`, `received_at`) are moved in the database. One alert of each urgency."""

import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connections
from django.db.models import F

from agencies.models import Desk, Kind, Role
from notifications.models import Event, Notice
from referral.models import AlertDesk
from tests import factories as f
from tests.roles import as_role

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[3]
URGENCIES = {"vital": {"danger": "yes"}, "high": {"minor": "yes"}, "normal": {}}


@pytest.fixture
def queue():
    broker = redis.Redis.from_url(settings.CELERY_BROKER_URL)
    broker.delete(*settings.QUEUES.values())
    yield broker
    broker.delete(*settings.QUEUES.values())


@pytest.fixture
def processes(transactional_db, queue, tmp_path):
    """Beat and worker, as production starts them; the worker's login alone."""
    address, database = os.environ["WORKER_DATABASE_URL"], connections["default"].settings_dict["NAME"]
    scheme, _, query = address.partition("?")
    env = {
        **{k: v for k, v in os.environ.items() if k not in ("DATABASE_OWNER_URL", "DATABASE_URL")},
        "WORKER_DATABASE_URL": f"{scheme.rpartition('/')[0]}/{database}" + (f"?{query}" if query else ""),
        "DJANGO_SETTINGS_MODULE": "referral.config.settings",
        "NRM_ROLE": "worker",
        "TASK_QUEUE": settings.TASK_QUEUE,
    }
    celery = [sys.executable, "-m", "celery", "-A", "referral.config"]
    commands = [
        [*celery, "worker", "-P", "threads", "-c", "2", "-Q", ",".join(settings.QUEUES.values()), "-l", "WARNING",
         "--without-gossip", "--without-mingle"],
        [*celery, "beat", "-s", str(tmp_path / "beat"), "-l", "WARNING", "--pidfile", ""],
    ]  # fmt: skip
    started = []

    def start():
        with (tmp_path / "log").open("a") as log:
            started.extend(
                subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT)
                for command in commands
            )

    yield start
    for process in started:
        process.terminate()
    for process in started:
        process.wait(30)


def earlier(alert, **by) -> None:
    """As if that much time had passed for this alert, at every desk."""
    ago = timedelta(**by)
    with as_role("nrm_owner"):
        rows = AlertDesk.objects.filter(alert=alert, due_at__isnull=False)
        rows.update(due_at=F("due_at") - ago, received_at=F("received_at") - ago)


def desks(alert) -> set[int]:
    with as_role("nrm_owner"):
        return set(AlertDesk.objects.filter(alert=alert, live=True).values_list("agency", flat=True))


def rung(alert, kind, member) -> int:
    with as_role("nrm_owner"):
        return Notice.objects.filter(subject_id=alert.pk, kind=kind, membership=member, channel="app").count()


def wait_for(what, seconds=150):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return
        time.sleep(0.3)
    raise AssertionError("nothing came in time")


@pytest.mark.long
def test_each_urgency_is_reminded_and_escalated_to_the_end(processes):
    national, unit, second = f.national(), f.coordination(), f.shelter()
    with as_role("nrm_owner"):
        Desk.objects.filter(pk=unit.pk).update(second=second.pk)
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    members = {"unit": f.member(unit, Role.COORDINATOR), "second": f.member(second), "last": f.member(national)}
    alerts = {urgency: f.sent_alert(nurse, **answers) for urgency, answers in URGENCIES.items()}
    assert {a: alert.urgency for a, alert in alerts.items()} == {u: u for u in URGENCIES}
    vital, high, normal = alerts["vital"], alerts["high"], alerts["normal"]
    first = {unit.pk}
    assert all(desks(alert) - {national.pk} == first for alert in alerts.values())

    # near miss: a minute before its time nothing moves; half of the time has passed for the two that are reminded
    earlier(vital, minutes=9)
    earlier(high, hours=13)
    earlier(normal, hours=37)
    processes()
    wait_for(lambda: rung(high, "alert_reminder", members["unit"]) and rung(normal, "alert_reminder", members["unit"]))
    assert rung(vital, "alert_reminder", members["unit"]) == 0
    assert desks(high) == desks(normal) == first

    # the end of each clock: the second desk
    earlier(vital, minutes=2)
    earlier(high, hours=12)
    earlier(normal, hours=36)
    wait_for(lambda: all(desks(alert) == {unit.pk, second.pk} for alert in alerts.values()))
    wait_for(lambda: rung(vital, "alert_vital", members["second"]) == 1)
    wait_for(lambda: rung(high, "alert_escalated", members["second"]) == 1)
    wait_for(lambda: rung(normal, "alert_escalated", members["second"]) == 1)

    # again: the national desk
    earlier(vital, minutes=11)
    earlier(high, hours=25)
    earlier(normal, hours=73)
    everybody = {unit.pk, second.pk, national.pk}
    wait_for(lambda: all(desks(alert) == everybody for alert in alerts.values()))
    wait_for(lambda: rung(vital, "alert_vital", members["last"]) >= 1)

    # a danger to life rings at all of them, every twenty minutes, until somebody acts
    before = {name: rung(vital, "alert_vital", member) for name, member in members.items()}
    with as_role("nrm_owner"):
        waits = {row.due_at - row.received_at for row in AlertDesk.objects.filter(alert=vital, agency=national)}
    assert all(timedelta(minutes=19) < wait <= timedelta(minutes=20, seconds=5) for wait in waits)
    earlier(vital, minutes=21)
    wait_for(lambda: all(rung(vital, "alert_vital", m) > before[name] for name, m in members.items()))
    with as_role("nrm_owner"):
        assert not Event.objects.filter(subject_id__in=[high.pk, normal.pk], kind="alert_vital").exists()
