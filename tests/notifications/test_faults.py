"""A sample of `./run faults`, on the tests' own servers: one kill in a fan-out to 200 persons, and what is counted."""

import os
import tempfile
import time
from collections import Counter

import pytest
from django.conf import settings
from django.db import connections

from bench.faults import __main__ as faults
from bench.faults.ledger import Ledger, Round, message_id
from bench.faults.parts import Parts
from bench.faults.post import Mail, Post
from referral.config import celery_app
from tests.database import administration

from .test_worker import queue  # noqa: F401 - a fixture

committing = pytest.mark.django_db(transaction=True)


def address(variable: str) -> str:
    """Return an address of the environment, for the database under test."""
    scheme, _, query = os.environ[variable].partition("?")
    return f"{scheme.rpartition('/')[0]}/{connections['default'].settings_dict['NAME']}?{query}"


@pytest.fixture
def parts(queue, transactional_db):  # noqa: F811
    made = Parts()
    made.urls = {"WORKER_DATABASE_URL": address("WORKER_DATABASE_URL")}
    mail = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(made.post.port), "TASK_QUEUE": settings.TASK_QUEUE}
    made.env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    made.env |= mail | {"DJANGO_SETTINGS_MODULE": "referral.config.settings", "SITE_URL": settings.SITE_URL}
    made.post.start()
    yield made
    made.down()


@pytest.fixture
def ledger(parts):
    made = Ledger(parts.post, address("DATABASE_OWNER_URL"), {"few": 200, "national": 2})
    made.fill()
    return made


@pytest.mark.long
@committing
def test_killed_worker_loses_nothing_and_sends_nothing_twice(parts, ledger):
    of = ledger.begin("sample")
    ledger.send(of, "few")
    parts.start("all")
    parts.wait(lambda: len(ledger.received(of)) >= 60, 60, "60 mails")
    parts.kill("all")
    ledger.note_unsettled(of)
    assert len(of.mails) == 200 > len(ledger.received(of))
    parts.start("all")
    # the hands of the clock: what the broker was given is handed over again, and the claim of the dead has ended
    ledger.ask("UPDATE notifications_notice SET due_at = '2020-01-01' WHERE state IN ('queued', 'sending')")
    celery_app.send_task("notifications.tasks.sweep", queue=settings.QUEUES["sweep"])
    parts.wait(lambda: ledger.settled(of), 60, "all mails")
    found = ledger.result(of)
    assert (found["intended"], found["lost"], found["duplicate"]) == (400, 0, 0)
    assert found["forced"] <= len(of.unsettled) <= 2
    rows = ledger.ask("SELECT event_id, id FROM notifications_notice WHERE channel = 'mail'")
    assert {message_id(*row) for row in rows} == {mail.message_id for mail in ledger.received(of)}


@pytest.mark.long
@committing
def test_mail_whose_note_met_a_lost_connection_is_not_sent_again(parts, ledger):
    """The server takes the mail; before the worker writes that it left, its connection to the database is ended."""
    of, ended = ledger.begin("note"), []

    def end_connections(mail):
        if not ended:
            with administration(os.environ["DATABASE_OWNER_URL"].replace("nrm_owner", "nrm_test", 1)) as cursor:
                cursor.execute("SET ROLE pg_signal_backend")
                cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'nrm_worker'")
                ended.extend(cursor.fetchall())

    parts.post.before_answer = end_connections
    ledger.send(of, "few")
    parts.start("all")
    parts.wait(lambda: ended and len(ledger.received(of)) >= len(of.mails) / 2, 60, "half of the mails")
    ledger.ask("UPDATE notifications_notice SET due_at = '2020-01-01' WHERE state IN ('queued', 'sending')")
    celery_app.send_task("notifications.tasks.sweep", queue=settings.QUEUES["sweep"])
    parts.wait(lambda: ledger.settled(of), 60, "all mails")
    found = ledger.result(of)
    assert (found["lost"], found["duplicate"]) == (0, 0)


MAILS = [Mail("AAAA-AAAA", "few1@exemple.invalid", "<1>", 0.0), Mail("AAAA-AAAA", "few2@exemple.invalid", "<2>", 0.0)]


@pytest.mark.parametrize(
    ("arrived", "found"),
    [
        (MAILS, (0, 0, 0)),
        (MAILS[:1], (1, 0, 0)),
        ([*MAILS, MAILS[1]], (0, 1, 0)),
        ([*MAILS, MAILS[0]], (0, 0, 1)),  # the answer to the first one was kept back
        ([*MAILS, MAILS[0], MAILS[0]], (0, 1, 1)),
        ([*MAILS, MAILS[1]._replace(message_id="<3>")], (0, 1, 0)),
        ([*MAILS, MAILS[1]._replace(address="few3@exemple.invalid")], (0, 1, 0)),
    ],
)
def test_each_mail_is_counted(arrived, found):
    ledger = Ledger(Post(), "")
    of = Round("counted", 0, began=time.monotonic())
    of.mails = {(mail.reference, mail.address) for mail in MAILS}
    ledger.ask = lambda sql, *values: [(2,)] if "count" in sql and "GROUP" not in sql else []
    ledger.post.mails, ledger.post.forced = list(arrived), Counter({"<1>": 1})
    counted = ledger.result(of)
    assert (counted["lost"], counted["duplicate"], counted["forced"]) == found


@pytest.mark.parametrize(("lost", "duplicate", "code"), [(0, 0, 0), (1, 0, 1), (0, 1, 1)])
def test_command_fails_on_any_loss_or_double(monkeypatch, capsys, tmp_path, lost, duplicate, code):
    class Still(Parts):
        def up(self):
            self.urls = {}

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(faults, "Parts", Still)
    monkeypatch.setattr(faults, "connected", lambda parts: type("Still", (), {"fill": staticmethod(lambda: None)}))
    line = {"fault": "one", "intended": 2, "lost": lost, "duplicate": duplicate, "recovery_s": 1.0}
    monkeypatch.setattr(faults, "run", lambda names, parts, ledger: [line])
    monkeypatch.setattr(faults, "FAULTS", {"one": None})
    assert faults.main([]) == code
    assert faults.main(["no-such-fault"]) == 2
    assert '"lost"' in capsys.readouterr().out
