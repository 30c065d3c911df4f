"""Public pages read from a real replica (pg_basebackup, streaming): who reads what, how old, and when it is away."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg2
import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client, RequestFactory
from django.utils import timezone

from agencies.models import Role
from dev.services import binaries
from dev.services.processes import identity, spawn, stop_all, wait_until
from foundation.actor import SYSTEM, acting_as
from indicators.models import ProcedureStep
from indicators.procedures import selectors as procedures
from journal.models import Heartbeat
from referral.config import heartbeats, metrics, replica
from tests import factories as f
from tests.roles import as_role

from .test_backup import NOBODY, connected

pytestmark = pytest.mark.django_db(transaction=True)
PUBLIC = ("/annuaire/", "/donnees/", "/statistiques/", "/plan/contributions/", "/plan/comite/", "/plan/secteurs/",
          "/fiches/", "/indicateurs/", "/procedures/", "/procedures/textes/")  # fmt: skip
PAGE, KEPT = "/annuaire/", ("/", "/plan/")


class Replica:
    """Run a copy of the tests' server that follows it."""

    def __init__(self) -> None:
        self.place = Path(tempfile.mkdtemp(prefix="repere-replica-"))
        self.place.chmod(0o711)
        self.programs, self.child = binaries.postgres(NOBODY).directory, None
        self.server = parse_qs(urlsplit(os.environ["DATABASE_URL"]).query)["host"][0]
        for name in ("data", "sockets"):
            (self.place / name).mkdir(mode=0o700)
            if NOBODY:
                binaries.give(self.place / name, NOBODY)

    def copy(self) -> None:
        command = [self.programs / "pg_basebackup", "-D", self.place / "data", "-h", self.server, "-U", "nrm_backup"]
        command += ["-R", "-X", "stream", "-c", "fast", "--no-sync"]
        subprocess.run(command, check=True, capture_output=True, cwd="/", **identity(NOBODY))

    def start(self) -> None:
        argv = [self.programs / "postgres", "-D", self.place / "data", "-k", self.place / "sockets", "-h", ""]
        env = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
        log = self.place / "log"
        self.child = spawn("replica", [*argv, "-c", "fsync=off"], log, env, stop_signal=signal.SIGINT, user=NOBODY)
        wait_until(self.answers, self.child, 120)

    def answers(self) -> bool:
        try:
            psycopg2.connect(host=str(self.place / "sockets"), user="nrm", dbname="postgres").close()
        except psycopg2.OperationalError:
            return False
        return True

    def ask(self, sql: str) -> None:
        """Run a statement of the server's administrator: WAL is held back, or followed again."""
        connection = psycopg2.connect(host=str(self.place / "sockets"), user="nrm", dbname="postgres")
        connection.autocommit = True
        connection.cursor().execute(sql)
        connection.close()

    def stop(self) -> None:
        if self.child:
            stop_all([self.child], 30)
        self.child = None


@pytest.fixture
def following(transactional_db, settings, monkeypatch, alone):
    """Yield a replica that public pages are read from."""
    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", connected)
    f.national()
    made = Replica()
    own = connections["default"].settings_dict
    at = {"HOST": str(made.place / "sockets"), "USER": "nrm_app", "CONN_MAX_AGE": 0, "TEST": own["TEST"]}
    connections.settings[replica.ALIAS] = {**own, **at}
    settings.DATABASE_ROUTERS = ["referral.config.replica.Router"]
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "referral.config.replica.ReplicaMiddleware"]
    monkeypatch.setattr(replica, "watch", replica.Watch())
    try:
        made.copy()
        made.start()
        beat()
        yield made
    finally:
        made.stop()
        connections[replica.ALIAS].close()
        del connections[replica.ALIAS]
        connections.settings.pop(replica.ALIAS)
        shutil.rmtree(made.place)


def beat(ago: float = 0) -> None:
    """Write beat's heartbeat on the primary."""
    with as_role("nrm_worker"):
        heartbeats.write(heartbeats.BEAT)
        with acting_as(SYSTEM):
            Heartbeat.objects.filter(kind=heartbeats.BEAT).update(at=timezone.now() - timedelta(seconds=ago))


def reads(path: str, client: Client | None = None) -> dict[str, int]:
    """Return how many statements a page asked of each database, once the replica was looked at anew."""
    replica.watch.looked = float("-inf")
    asked = {}
    for alias in ("default", replica.ALIAS):
        connections[alias].force_debug_cursor = True
        connections[alias].queries_log.clear()
    answer = (client or Client()).get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    for alias in ("default", replica.ALIAS):
        tables = [q["sql"] for q in connections[alias].queries_log if " FROM " in q["sql"]]
        asked[alias] = len([sql for sql in tables if "journal_heartbeat" not in sql])
        connections[alias].force_debug_cursor = False
    return asked


def until(done) -> None:
    end = time.monotonic() + 20
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.long
def test_anybody_reads_the_replica_and_who_signed_in_the_primary(following):
    until(lambda: (replica.behind() or 99) < 10)
    for path in PUBLIC:
        asked = reads(path)
        assert asked[replica.ALIAS] > 0 == asked["default"], (path, asked)
    assert "Données au" in Client().get(PAGE).content.decode(), "how old it is stands on the page"
    signed_in = Client()
    signed_in.force_login(f.member(f.shelter(), Role.CASE_WORKER).user)
    assert reads(PAGE, signed_in)[replica.ALIAS] == 0
    assert [path for path in ("/connexion/", *KEPT) if reads(path)[replica.ALIAS]] == []
    assert metrics.page().decode().count("repere_replica_behind_seconds ") >= 1


@pytest.mark.long
def test_what_a_public_page_keeps_in_the_process_belongs_to_the_primary(following):
    """Procedures are kept by the version of their file; who is signed in then follows and relates these rows."""
    until(lambda: (replica.behind() or 99) < 10)
    procedures._book.cache_clear()
    assert reads("/procedures/")[replica.ALIAS] > 0
    found = next(p for p in procedures.book().procedures.values() if p.steps)
    kept, step = found.row, ProcedureStep.objects.filter(procedure=found.row.pk)[0]
    assert (kept._state.db, step._state.db) == (replica.ALIAS, "default")
    following.stop()
    step.procedure = kept  # refused of rows that two databases hold
    kept.steps.count()
    assert ProcedureStep.objects.filter(procedure=kept).exists()
    procedures._book.cache_clear()


@pytest.mark.long
def test_page_that_would_write_is_made_from_the_primary_before_anything_is_written(following):
    until(lambda: (replica.behind() or 99) < 10)
    made = []

    def view(request):
        made.append(replica._reads.get())
        Heartbeat.objects.create(kind=f"written-{len(made)}", at=timezone.now())

    view.__module__, view.login_required = "plans.plan.views.public", False
    request = RequestFactory().get(PAGE)
    request.user = AnonymousUser()
    replica.watch.looked = float("-inf")
    assert replica.ReplicaMiddleware(None).process_view(request, view, (), {}) is None
    assert made == [True] and not Heartbeat.objects.filter(kind__startswith="written").exists()


def test_replica_that_is_behind_or_away_is_not_read(following):
    until(lambda: (replica.behind() or 99) < 10)
    following.ask("SELECT pg_wal_replay_pause()")
    beat()
    assert reads(PAGE)[replica.ALIAS] > 0, "as long as it is not far behind"
    following.ask("SELECT pg_wal_replay_resume()")
    beat(ago=replica.BEHIND.total_seconds() + 5)
    until(lambda: (replica.behind() or 0) > replica.BEHIND.total_seconds())
    assert reads(PAGE)[replica.ALIAS] == 0
    assert "Données au" not in Client().get(PAGE).content.decode()
    beat()
    until(lambda: (replica.behind() or 99) < 10)
    assert reads(PAGE)[replica.ALIAS] > 0
    following.stop()
    replica.watch.looked = time.monotonic()  # it was well a moment ago: the page notices that it is away
    assert Client().get(PAGE).status_code == 200
    assert replica.watch.well is False
    assert reads(PAGE)[replica.ALIAS] == 0
