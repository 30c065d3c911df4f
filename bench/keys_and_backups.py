"""Measure a change of FIELD_KEYS, and what a killed server costs: `python -m bench.keys_and_backups`.

200,000 values, in a cluster of its own that survives a crash. The change of keys is killed (-9) three times while
somebody writes and reads; then the server is killed (-9) under writes, and restored from its backup alone.
"""

import base64
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg2

from dev.services import embedded

ROWS, KILLS = 200_000, 3
STATE = Path(tempfile.mkdtemp(prefix="repere-figures-"))
STATE.chmod(0o711)
OLD, NEW = (base64.b64encode(os.urandom(32)).decode() for _ in (1, 2))
RING = f"{NEW},{OLD}"


def say(name: str, value, unit: str, n: int) -> None:
    print(json.dumps({"name": name, "value": value, "unit": unit, "n": n}), flush=True)


def manage(*arguments: str, keys: str) -> subprocess.Popen:
    env = {**os.environ, "FIELD_KEYS": keys}
    return subprocess.Popen([sys.executable, "manage.py", *arguments], env=env, stdout=subprocess.PIPE, text=True)


def done(process: subprocess.Popen) -> str:
    said = process.communicate()[0]
    if process.returncode:
        raise SystemExit(f"{process.args}: {said}")
    return said


class Person(threading.Thread):
    """Write and read rows at random with the whole ring, as pages do; count what cannot be read, and what waits."""

    def __init__(self, url: str, ids: list[uuid.UUID]):
        super().__init__(daemon=True)
        self.url, self.ids, self.stopped = url, ids, threading.Event()
        self.writes = self.reads = self.unreadable = 0
        self.slowest, self.last = 0.0, None

    def run(self) -> None:
        from foundation.encryption import seal, unseal

        with closing(psycopg2.connect(self.url)) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            while not self.stopped.wait(0.005):
                one, began = random.choice(self.ids), time.monotonic()  # noqa: S311
                try:
                    cursor.execute("SELECT data FROM agencies_draft WHERE id = %s", [str(one)])
                    try:
                        unseal(bytes(cursor.fetchone()[0]), label="agencies.draft.data", bound=str(one))
                    except Exception:
                        self.unreadable += 1
                    sealed = seal(b'{"fields": [["text", "anew"]]}', label="agencies.draft.data", bound=str(one))
                    cursor.execute(
                        "UPDATE agencies_draft SET data = %s, saved_at = clock_timestamp() WHERE id = %s"
                        " RETURNING saved_at",
                        [sealed, str(one)],
                    )
                    self.last = cursor.fetchone()[0]
                except psycopg2.OperationalError:
                    return  # the server was killed: what it confirmed last is in `last`
                self.writes, self.reads = self.writes + 1, self.reads + 1
                self.slowest = max(self.slowest, time.monotonic() - began)


def fill() -> list[uuid.UUID]:
    """Store 200,000 drafts of one member, encrypted with the former key."""
    from agencies.models import Agency, Draft, Kind, Membership, User

    unit = Agency.objects.using("owner").create(code="figures", name="Figures", kind=Kind.NGO)
    user = User.objects.db_manager("owner").create_user("figures@exemple.invalid", full_name="Figures")
    member = Membership.objects.using("owner").create(user=user, agency=unit)
    ids = [uuid.uuid4() for _ in range(ROWS)]
    for start in range(0, ROWS, 5000):
        Draft.objects.using("owner").bulk_create(
            Draft(id=one, membership=member, place=one.hex, data={"fields": [["text", "Une phrase. " * 10]]})
            for one in ids[start : start + 5000]
        )
    return ids


def held() -> int:
    """Return how many drafts the first key encrypts."""
    from django.db import connections

    from foundation.encryption import first_key

    with connections["owner"].cursor() as cursor:
        first = "SELECT count(*) FROM agencies_draft WHERE substring(data from 1 for 12) = %s"
        cursor.execute(first, [first_key().encode()])
        return cursor.fetchone()[0]


def change_keys(url: str, ids: list[uuid.UUID]) -> None:
    from django.conf import settings
    from django.db import connections

    from foundation.encryption import unseal

    settings.FIELD_KEYS = RING
    person, began, last = Person(url, ids), time.monotonic(), 0
    person.start()
    for number in range(KILLS):
        command = manage("reencrypt", keys=RING)
        while held() < ROWS * (number + 1) // (KILLS + 1):
            time.sleep(0.2)
        command.send_signal(signal.SIGKILL)
        command.wait()
        say("killed_at", held(), "values", number + 1)
    last = time.monotonic()
    done(manage("reencrypt", keys=RING))
    say("reencrypt_whole_s", round(time.monotonic() - began, 1), "s, kills included", ROWS)
    say("reencrypt_last_run_s", round(time.monotonic() - last, 1), "s", ROWS)
    person.stopped.set()
    person.join()
    settings.FIELD_KEYS = NEW
    done(manage("reencrypt", "--check", keys=NEW))
    lost = 0
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT id::text, data FROM agencies_draft")
        for one, stored in cursor.fetchall():
            try:
                unseal(bytes(stored), label="agencies.draft.data", bound=one)
            except Exception:
                lost += 1
    say("unreadable_without_former_key", lost, "values", ROWS)
    say("unreadable_meanwhile", person.unreadable, "values", person.reads)
    say("write_and_read_slowest_s", round(person.slowest, 3), "s", person.writes)


def kill_and_restore(postgres: embedded.Postgres, url: str, ids: list[uuid.UUID]) -> None:
    stream = manage("backup", "--wal", keys=NEW)
    time.sleep(5)
    began = time.monotonic()
    print(done(manage("backup", keys=NEW)))
    say("base_backup_s", round(time.monotonic() - began, 1), "s", 1)
    person = Person(url, ids)
    person.start()
    time.sleep(20)
    killed = datetime.now(UTC)
    os.killpg(postgres.child.process.pid, signal.SIGKILL)
    person.join()
    time.sleep(2)
    stream.terminate()
    print(done(manage("restore_drill", "--user", "nobody", "--keep", "--into", str(STATE / "restored"), keys=NEW)))
    from foundation.backups import taking
    from foundation.backups.restoring import Copy

    copy = Copy(taking.bases(STATE / "backups")[-1], STATE / "restored", "nobody")
    copy.open_at(None)
    ((restored,),) = copy.ask("SELECT max(saved_at) FROM agencies_draft")
    copy.remove()
    say("rpo_s", round((person.last - restored).total_seconds(), 3), "s of confirmed writes lost", person.writes)
    say("last_confirmed_before_kill_s", round((killed - person.last).total_seconds(), 3), "s", 1)


def main() -> None:
    postgres = embedded.Postgres(STATE / "postgres", durable=True)
    postgres.start()
    urls = postgres.urls()
    os.environ.update(urls, DEBUG="1", STATE_DIR=str(STATE), DJANGO_SETTINGS_MODULE="referral.config.settings")
    os.environ.update(BACKUP_DATABASE_URL=embedded.database_url("nrm_backup", postgres.sockets))
    os.environ.update(BACKUP_DIR=str(STATE / "backups"), POSTGRES_BIN=str(postgres.bin.directory))
    os.environ.update(FIELD_KEYS=OLD, MATCH_KEY=OLD, SECRET_KEY="figures")  # noqa: S106
    (STATE / "backups").mkdir(mode=0o711)
    try:
        for command in ("migrate", "load_domain"):
            done(manage(command, keys=OLD))
        import django

        django.setup()
        ids = fill()
        url = embedded.database_url("nrm_owner", postgres.sockets)
        change_keys(url, ids)
        kill_and_restore(postgres, url, ids)
    finally:
        postgres.stop()
        shutil.rmtree(STATE, ignore_errors=True)


if __name__ == "__main__":
    main()
