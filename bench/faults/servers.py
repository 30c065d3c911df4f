"""Faults of the broker, of the database and of its disk."""

import shutil
import subprocess
import time
from contextlib import closing

import psycopg2
import redis

from dev.services import embedded
from dev.services.processes import stop_all

from .ledger import Ledger, Round
from .parts import Parts
from .reporter import Reporter
from .workers import next_mail, some_mails

AWAY = 8.0  # seconds for which a server is away


def broker_stopped(parts: Parts, ledger: Ledger, of: Round) -> None:
    """`kill -9` of the broker while mails leave; alerts are sent while it is away."""
    ledger.send(of, "few", 2)
    some_mails(parts, ledger, of)
    parts.kill("broker")
    ledger.make_overdue(of, 5)
    time.sleep(AWAY)
    parts.restart_broker()
    next_mail(parts, ledger, of)


def broker_flushed(parts: Parts, ledger: Ledger, of: Round) -> None:
    """The broker forgets everything: queues, and what workers have not acknowledged."""
    ledger.send(of, "few", 2)
    some_mails(parts, ledger, of)
    with redis.Redis.from_url(parts.broker.url) as broker:
        broker.flushall()
    ledger.make_overdue(of, 5)
    next_mail(parts, ledger, of)


def broker_full(parts: Parts, ledger: Ledger, of: Round) -> None:
    """The broker has no memory left and refuses each write (noeviction)."""
    ledger.send(of, "few", 2)
    some_mails(parts, ledger, of)
    with redis.Redis.from_url(parts.broker.url) as broker:
        broker.config_set("maxmemory", 1)
        ledger.make_overdue(of, 5)
        parts.watch(AWAY)
        broker.config_set("maxmemory", 0)
    next_mail(parts, ledger, of)


def database_killed(parts: Parts, ledger: Ledger, of: Round) -> None:
    """`kill -9` of PostgreSQL while mails leave and a person reports at the pages; it comes back after recovery."""
    reporter = Reporter(parts.port)
    reporter.start()
    ledger.send(of, "few", 2)
    ledger.make_overdue(of, 5)
    some_mails(parts, ledger, of)
    parts.wait(lambda: reporter.confirmed, 60, "an alert sent at the pages")
    parts.kill("postgres")
    time.sleep(3)
    parts.postgres.start()
    began = len(reporter.confirmed)
    next_mail(parts, ledger, of)
    parts.wait(lambda: len(reporter.confirmed) > began, 60, "an alert sent after the restart")
    reporter.stop()
    ledger.expect_reported(of, reporter.confirmed)


def backend_killed(parts: Parts, ledger: Ledger, of: Round) -> None:
    """One backend at a time is ended, of a worker or of the web, ten times while mails leave."""
    reporter = Reporter(parts.port)
    reporter.start()
    ledger.send(of, "few", 2)
    ledger.make_overdue(of, 5)
    some_mails(parts, ledger, of)
    for number in range(10):
        role = ("nrm_worker", "nrm_app")[number % 2]
        with closing(superuser(parts)) as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s"
                " ORDER BY state = 'active' DESC, random() LIMIT 1",
                [role],
            )
        next_mail(parts, ledger, of)
    reporter.stop()
    ledger.expect_reported(of, reporter.confirmed)


def disk_full(parts: Parts, ledger: Ledger, of: Round) -> None:
    """The disk of the WAL is full while mails leave: PostgreSQL stops itself, and is started once there is space.

    A tmpfs of 96 MiB stands for the disk. Raises SystemExit where it cannot be mounted.
    """
    wal, small = parts.postgres.data / "pg_wal", parts.place / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", small], capture_output=True).returncode:
        raise SystemExit("disk-full needs the right to mount a tmpfs (root).")
    try:
        stop_all([parts.postgres.child], 30)
        shutil.copytree(wal, small / "wal")
        shutil.rmtree(wal)
        wal.symlink_to(small / "wal")
        if parts.postgres.user:
            subprocess.run(["chown", "-R", parts.postgres.user, small, wal], check=True)
        parts.postgres.start()
        ledger.send(of, "few", 2)
        ledger.make_overdue(of, 5)
        some_mails(parts, ledger, of)
        with (small / "ballast").open("wb") as ballast:
            try:
                while True:
                    ballast.write(bytes(65536))
                    ballast.flush()
            except OSError:
                parts.watch(3 * AWAY)
        (small / "ballast").unlink()
        if parts.postgres.child.process.poll() is not None:
            parts.postgres.start()
        next_mail(parts, ledger, of)
        parts.wait(lambda: ledger.settled(of), 300, "what was intended")
    finally:
        stop_all([parts.postgres.child], 30)
        wal.unlink()
        shutil.copytree(small / "wal", wal)
        subprocess.run(["umount", small], check=True)
        if parts.postgres.user:
            subprocess.run(["chown", "-R", parts.postgres.user, wal], check=True)
        parts.postgres.start()


def superuser(parts: Parts):
    connection = psycopg2.connect(embedded.database_url(embedded.SUPERUSER, parts.postgres.sockets))
    connection.autocommit = True
    return connection


FAULTS = {
    "broker-stopped": broker_stopped,
    "broker-flushed": broker_flushed,
    "broker-full": broker_full,
    "database-killed": database_killed,
    "backend-killed": backend_killed,
}
LAST = {"disk-full": disk_full}
