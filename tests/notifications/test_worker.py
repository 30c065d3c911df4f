"""The whole way on real parts: an operation commits, Valkey carries ids, a real worker process sends, a mail server
receives."""

import base64
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import redis
from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import connections

from agencies.models import Kind, Role
from dev.services.embedded import free_port
from foundation.actor import acting_as
from notifications.models import Notice
from notifications.operations import delivery
from notifications.tasks import deliver, sweep
from referral.config import celery_app
from referral.inbox.operations.alerts import open_alert
from tests import factories as f
from tests.roles import as_role

from .post import committed_worker

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]


class Inbox:
    """A mail server that keeps what it is given; the first mail to `stubborn` is refused once."""

    def __init__(self):
        self.messages, self.stubborn, self.lock = [], None, threading.Lock()

    async def handle_DATA(self, server, session, envelope):
        with self.lock:
            if self.stubborn in envelope.rcpt_tos:
                self.stubborn = None
                return "451 later"
            self.messages.append((envelope.rcpt_tos, envelope.content.decode()))
        return "250 OK"


@pytest.fixture
def inbox():
    handler = Inbox()
    handler.port = free_port()
    server = Controller(handler, hostname="127.0.0.1", port=handler.port)
    server.start()
    yield handler
    server.stop()


@pytest.fixture
def queue():
    """The broker's own lists of waiting tasks, empty before and after."""
    broker = redis.Redis.from_url(settings.CELERY_BROKER_URL)
    broker.delete(*settings.QUEUES.values())
    yield broker
    broker.delete(*settings.QUEUES.values())


@pytest.fixture
def people(transactional_db):
    f.national()
    coordinator = f.member(f.coordination(), Role.COORDINATOR)
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    return coordinator, nurse


def worker_process(inbox, log, *more: str, queues=tuple(settings.QUEUES)) -> subprocess.Popen:
    """As production starts it: the worker's role, its own login, nothing of the test's process."""
    database = connections["default"].settings_dict["NAME"]
    address = os.environ["WORKER_DATABASE_URL"]
    scheme, _, query = address.partition("?")
    env = {
        **{k: v for k, v in os.environ.items() if k not in ("DATABASE_OWNER_URL", "DATABASE_URL")},
        "WORKER_DATABASE_URL": f"{scheme.rpartition('/')[0]}/{database}" + (f"?{query}" if query else ""),
        "DJANGO_SETTINGS_MODULE": "referral.config.settings",
        "NRM_ROLE": "worker",
        "TASK_QUEUE": settings.TASK_QUEUE,
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(inbox.port),
    }
    command = [sys.executable, "-m", "celery", "-A", "referral.config", "worker", "-P", "threads", "-c", "2"]
    command += ["-Q", ",".join(settings.QUEUES[name] for name in queues)]
    command += ["-l", "INFO", "--without-gossip", "--without-mingle", *more]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT)


def wait_for(what, seconds=150):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.1)
    raise AssertionError("nothing came in time")


def test_from_the_operation_to_the_mail_server(inbox, queue, people, tmp_path):
    coordinator, nurse = people
    colleague = f.member(coordinator.agency)
    inbox.stubborn = colleague.user.email
    alert = f.sent_alert(nurse, contact={"channel": "phone", "number": "MARQUEUR-TEL"})
    with acting_as(coordinator):
        open_alert(coordinator, alert.pk)

    # the commit told the broker that something waits, and nothing else
    waiting = wait_for(lambda: [json.loads(message) for message in queue.lrange(settings.QUEUES["sweep"], 0, -1)])
    assert {m["headers"]["task"] for m in waiting} == {"notifications.tasks.sweep"}
    log = tmp_path / "worker.log"
    with log.open("w") as stream:
        process = worker_process(inbox, stream)
        try:
            wait_for(lambda: len(inbox.messages) == 2)
            wait_for(lambda: mails("sent") == 2)
            # refused once (queued alone may mean not tried yet): it waits its turn, then the next sweep brings it
            wait_for(lambda: mails("queued", attempts=1) == 1)
            with as_role("nrm_owner"):
                Notice.objects.filter(state="queued").update(due_at="2020-01-01T00:00Z")
            celery_app.send_task("notifications.tasks.sweep", queue=settings.QUEUES["sweep"])
            wait_for(lambda: mails("sent") == 3)
        finally:
            process.terminate()
            process.wait(30)
    to = sorted(address for addresses, _ in inbox.messages for address in addresses)
    assert to == sorted([coordinator.user.email, colleague.user.email, nurse.user.email])
    for _, content in inbox.messages:
        assert alert.reference in content
        assert "MARQUEUR" not in content
        assert str(alert.pk) not in content
    # the worker's own log: no address, no content, no argument
    text = log.read_text()
    assert "SMTPDataError" in text
    assert [w for w in ("@exemple.invalid", "MARQUEUR", alert.reference) if w in text] == []


def mails(state: str, **more) -> int:
    with as_role("nrm_owner"):
        return Notice.objects.filter(channel="mail", state=state, **more).count()


def test_the_broker_carries_ids_only(queue, people):
    """Everything the broker holds, after an operation and after the sweep that follows, word for word."""
    coordinator, nurse = people
    alert = f.sent_alert(nurse, contact={"channel": "phone", "number": "MARQUEUR-TEL"})
    with committed_worker():
        assert delivery.fan_out(100) == 1
        ids = delivery.hand_over()
    assert ids
    deliver.apply_async((ids,), queue=settings.QUEUES["mail"])
    wait_for(lambda: queue.llen(settings.QUEUES["sweep"]))
    held = [message for name in settings.QUEUES.values() for message in queue.lrange(name, 0, -1)]
    assert len(held) == 2
    for raw in held:
        message = json.loads(raw)
        arguments, named, _ = json.loads(base64.b64decode(message["body"]))
        assert named == {}
        assert all(isinstance(pk, int) for group in arguments for pk in group)
        text = raw.decode() + base64.b64decode(message["body"]).decode()
        secrets = [alert.reference, str(alert.pk), coordinator.user.email, nurse.user.email, "MARQUEUR", "Agent"]
        assert [word for word in secrets if word in text] == []


def test_danger_to_life_has_a_queue_of_its_own_and_goes_first(queue, people):
    """Mails of every other kind wait in another one, which another process reads."""
    coordinator, nurse = people
    for _ in range(3):
        f.sent_alert(nurse)
    vital = f.sent_alert(nurse, danger="yes")
    with committed_worker():
        sweep()
        assert delivery.fan_out(100) == 0
    with as_role("nrm_owner"):
        mails = Notice.objects.filter(channel="mail").values_list("pk", "kind")
        kinds = dict(mails)
        assert Notice.objects.filter(channel="mail", subject_id=vital.pk).exists()
    carried = {name: ids_in(queue, settings.QUEUES[name]) for name in ("vital", "mail")}
    assert {kinds[pk] for pk in carried["vital"]} == {"alert_vital"}
    assert {kinds[pk] for pk in carried["mail"]} == {"alert_sent"}
    assert sorted(carried["vital"] + carried["mail"]) == sorted(kinds)
    with as_role("nrm_owner"):
        Notice.objects.filter(channel="mail").update(due_at="2020-01-01T00:00Z")
        Notice.objects.filter(kind="alert_vital", channel="mail").update(due_at="2020-01-02T00:00Z")
    with committed_worker():  # handed over together it comes first, though it waits for less long
        assert kinds[delivery.hand_over()[0]] == "alert_vital"


def ids_in(queue, name: str) -> list[int]:
    """Ids of the notices that the messages of this queue carry."""
    bodies = [json.loads(base64.b64decode(json.loads(raw)["body"])) for raw in queue.lrange(name, 0, -1)]
    return [pk for arguments, _, _ in bodies for pk in arguments[0]]
