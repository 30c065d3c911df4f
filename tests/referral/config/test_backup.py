"""Backups on a real server: taken while people write, restored at a second from their files alone, and checked."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as now
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from agencies.models import Kind, Role
from dev.services import binaries
from foundation.actor import acting_as
from foundation.backups import restoring, taking
from foundation.backups.restoring import Copy
from referral.alerts.operations import alerts
from referral.erasure.documents import NAME
from referral.erasure.tasks import write_register
from referral.inbox.operations.alerts import open_alert
from referral.models import digest_of
from referral.tasks import forget
from tests import factories as f
from tests.guarantees.world import World
from tests.notifications.post import committed_worker
from tests.referral.erasure import rows
from tests.referral.erasure.markers import MARKS, gone, held, ids_in, keys_of, named, traces
from tests.roles import as_role
from victims.models import Case

pytestmark = pytest.mark.django_db(transaction=True)
NOBODY = "nobody" if os.geteuid() == 0 else None


@pytest.fixture
def folder(settings, monkeypatch, alone):
    """Return a folder of backups that receives the WAL of the tests' server."""
    # Django lets a test reach its own databases only
    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", connected)
    place = Path(tempfile.mkdtemp(prefix="repere-backups-"))
    place.chmod(0o711)  # the server of a copy runs as another user when root tests
    settings.BACKUP_DIR, settings.POSTGRES_BIN = place, str(binaries.postgres(NOBODY).directory)
    connections.settings["backup"] = {**connections["owner"].settings_dict, "USER": "nrm_backup", "CONN_MAX_AGE": 0}
    with receiving(place):
        yield place
    with connections["backup"].cursor() as cursor:
        cursor.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots")
    for alias in ("backup", "restored"):
        if alias in connections:
            connections[alias].close()
            del connections[alias]
            connections.settings.pop(alias)
    shutil.rmtree(place)


def connected(wrapper) -> None:
    """Connect as Django does outside of tests, with its own errors."""
    with wrapper.wrap_database_errors:
        if wrapper.connection is None:
            wrapper.connect()


@contextmanager
def receiving(place):
    command = taking.stream(place)
    with (place / "wal.log").open("w") as log:
        server = subprocess.Popen(command, env=taking.plain_environment() | taking.address(), stderr=log)
    try:
        yield
    finally:
        server.terminate()
        server.wait(30)


def stop_stream(place) -> None:
    os.kill(int(subprocess.check_output(["pgrep", "-f", f"pg_receivewal -D {place}"]).split()[0]), 15)
    until = time.monotonic() + 60
    while taking.lag() is not None and time.monotonic() < until:
        time.sleep(0.2)
    assert taking.lag() is None


def said(name, *arguments, **options) -> str:
    call_command(name, *arguments, stdout=(out := StringIO()), **options)
    return out.getvalue()


def a_case(actor) -> Case:
    alert = f.sent_alert(f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE))
    with acting_as(actor):
        open_alert(actor, alert.pk)
        return alerts.open_case(actor, alert.pk)


@pytest.mark.long
def test_database_is_restored_at_a_second_from_its_backup_alone(folder, monkeypatch):
    f.national()
    actor = f.member(f.coordination(), Role.COORDINATOR)
    a_case(actor)
    assert "rows in" in said("backup")
    assert "0 bytes" in said("backup", "--check") or "bytes of WAL" in said("backup", "--check")
    second = a_case(actor)
    time.sleep(0.1)
    before = datetime.now(UTC)
    time.sleep(0.1)
    with as_role("nrm_owner"), connection.cursor() as cursor:  # the accident
        cursor.execute("DELETE FROM journal_entry")
    with connections["backup"].cursor() as cursor:  # the next commit, behind it
        cursor.execute("SELECT pg_logical_emit_message(true, 'test', '')")
    time.sleep(1)
    copy = folder / "copy"
    with monkeypatch.context() as terminal:
        terminal.setenv("PGPORT", "1")  # of the operator: the copy is reached all the same
        told = said("restore_drill", "--into", str(copy), at=before, keep=True, user=NOBODY)
    assert "FAILED" not in told
    for part in ("rows as when it was taken", "each entry", "each probe opens", " 0 unreadable", "Access matches",
                 "restored from a backup", "RTO", "RPO"):  # fmt: skip
        assert part in told, told
    assert "journal: 0 entries" not in told, "the second case came after the base backup"
    assert copy.is_dir()
    # started again, as an operator would
    kept = Copy(taking.bases(folder)[-1], copy, NOBODY)
    kept.open_at(None)
    assert kept.ask("SELECT count(*) > 0 FROM journal_entry WHERE case_id = %s", [str(second.pk)]) == [(True,)]
    kept.remove()
    # neither backup nor copy holds a key
    raw = base64.b64decode(now.FIELD_KEYS.split(",")[0].rpartition(":")[2])
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 1000
    for mark in (raw, base64.b64encode(raw), now.SECRET_KEY.encode()):
        assert not [path for path in files if mark in path.read_bytes()]


@pytest.mark.long
def test_person_erased_since_the_backup_is_absent_again_before_the_copy_is_opened(
    folder, settings, tmp_path, monkeypatch
):
    """A base backup from before the erasure, restored; the fence is not lifted before the register was replayed. Then
    every table of the copy is searched, raw and decrypted: the person had a row in each of them."""
    settings.JOURNAL_CHECKPOINTS = tmp_path / "checkpoints"
    settings.JOURNAL_KEY = "a2V5IG9mIHRoZSB0ZXN0cyBvZiB0aGUgam91cm5hbCE="
    world = World()
    world.tell_everybody([])
    rows.fill(world)
    erased, other = world.case, world.relations["provisional_lead"].case
    rows.close(world.lead, erased, days=800)
    with connections["owner"].cursor() as cursor:  # kept, so that nothing but this person goes later
        cursor.execute("UPDATE referral_legalhold SET state = 'standing' WHERE case_id = %s", [erased.pk])
    with committed_worker():
        forget()
        write_register()
    here = held()
    said("backup")
    before = datetime.now(UTC)
    time.sleep(0.2)
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE referral_legalhold SET state = 'ended', changed_at = now() - interval '8 days'")
    with committed_worker():
        forget()
        assert write_register() == 1
    went = gone(here, held())
    assert str(erased.pk) in ids_in(went["victims_case"]) and str(other.pk) not in ids_in(went["victims_case"])
    ids = keys_of({table: lines for table, lines in went.items() if table in named()})
    copy_place = folder / "copy"
    said("restore_drill", "--into", str(copy_place), at=before, keep=True, user=NOBODY)
    copy = Copy(taking.bases(folder)[-1], copy_place, NOBODY)
    copy.open_at(None)
    back = held("restored")
    assert [mark for mark in MARKS if mark not in back.texts] == [], "the backup brought all of it back"
    assert (
        traces(back, ids, erased.reference)
        and len(ids) > 100
        and not ids - {one for lines in back.tables.values() for one in ids_in(lines)}
    )
    with monkeypatch.context() as operator:
        operator.setitem(connections.settings, "owner", connections.settings["restored"])
        connections["owner"].close()
        del connections["owner"]
        with pytest.raises(CommandError, match="1 erased case.* came back with the backup"):
            said("fence", "--lift")
        register, forged = tmp_path / "checkpoints" / NAME, json.dumps({"digest": digest_of(other.pk), "kind": "case"})
        register.write_text(forged + "\n" + register.read_text())
        with pytest.raises(CommandError, match=r"1 line.* were signed by no key of the journal: 1\."):
            said("fence", "--lift")
        assert "1 of the register had come back: erased again." in said("replay_erasures")
        assert "Nothing of the register had come back." in said("replay_erasures")
        with pytest.raises(CommandError, match="signed by no key"):
            said("fence", "--lift")
        said("fence", "--hold")  # by hand: still a copy, and asked
        with pytest.raises(CommandError, match="signed by no key"):
            said("fence", "--lift")
        assert "leave, for" in said("fence", "--lift", "--pass-unsigned")
        connections["owner"].close()
        del connections["owner"]
    now_there = held("restored")
    assert traces(now_there, ids, erased.reference) == []
    assert not [one for one in (*MARKS, *ids, erased.reference) if one in register.read_text()]
    assert set(gone(back, now_there)) <= {*named(), "notifications_installation"}, "rows of others were changed"
    assert str(other.pk) in ids_in(now_there.tables["victims_case"])
    replayed = "SELECT digest FROM referral_erasure WHERE ground = 'replayed'"
    assert copy.ask(replayed) == [(digest_of(erased.pk),)]
    copy.remove()


@pytest.mark.long
def test_copy_that_lost_rows_or_keys_fails_the_drill(folder, settings):
    f.national()
    a_case(f.member(f.coordination(), Role.COORDINATOR))
    said("backup")
    (base,) = taking.bases(folder)
    path = base.path / "repere.json"
    path.write_text(path.read_text().replace('"journal_entry": ', '"journal_entry": 1'))
    settings.FIELD_KEYS = base64.b64encode(os.urandom(32)).decode()
    with pytest.raises(CommandError, match="3 checks failed"):
        call_command("restore_drill", user=NOBODY, stdout=(out := StringIO()))
    failed = [line for line in out.getvalue().splitlines() if line.startswith("FAILED")]
    assert [line.split()[1].strip(":") for line in failed] == ["rows", "keys", "encrypted"]
    (base.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(CommandError, match="pg_verifybackup failed"):
        call_command("restore_drill", user=NOBODY, stdout=StringIO())
    assert not list(folder.glob("repere-restored-*"))


@pytest.fixture
def copy(folder):
    """Yield a copy of the base backup just taken, laid out and not started."""
    said("backup")
    copy = Copy(taking.bases(folder)[-1], folder / "copy", NOBODY, kept=False)
    copy.lay_out(folder / "wal")
    yield copy
    copy.remove()


@pytest.mark.long
def test_copy_answers_before_it_replays_the_segment_where_its_rows_were_counted(copy):
    """PostgreSQL pauses only where it answers already: on a busy machine a short replay is over before."""
    copy.pause_at(copy.base.said["lsn"])
    assert copy.ask("SELECT pg_is_in_recovery()") == [(True,)]
    log = (copy.place / "server.log").read_text()
    assert log.index("ready to accept read-only") < log.index(f'file "{copy._segment(copy.base.said["lsn"])}"')


@pytest.mark.long
def test_copy_that_did_not_wait_where_its_rows_were_counted_is_refused(copy, monkeypatch):
    monkeypatch.setattr(restoring, "PAUSE", "promote")
    with pytest.raises(taking.BackupError, match="did not wait .* Take another base backup"):
        copy.pause_at(copy.base.said["lsn"])


@pytest.mark.long
def test_old_backups_go_and_the_last_two_stay(folder):
    said("backup")
    (last,) = taking.bases(folder)
    for days in (20, 10):
        older = shutil.copytree(last.path, last.path.with_name(f"{datetime.now(UTC) - timedelta(days):%Y%m%dT%H%M%SZ}"))
        told = last.said | {"at": (datetime.now(UTC) - timedelta(days)).isoformat()}
        (older / "repere.json").write_text(json.dumps(told))
    oldest, old, last = taking.bases(folder)
    needless = folder / "wal" / f"00000001{'0' * 16}"
    needless.touch()
    assert taking.forget(folder, timedelta(days=21)) == []
    assert "removed: older than 5 days" in said("backup", keep=5) and not needless.exists()
    assert taking.bases(folder)[:1] == [last] and not oldest.path.exists() and not old.path.exists()
    with pytest.raises(CommandError, match="hours old"):
        call_command("backup", "--check", hours=0)


@pytest.mark.long
def test_two_base_backups_at_once_do_not_destroy_each_other(folder, monkeypatch):
    """`docker compose up -d` starts one, and the page of restoration asked for another one at once."""
    asked, held = [], taking._what_it_holds

    def meanwhile():
        with pytest.raises(CommandError, match="^Another base backup is being taken here"):
            said("backup")
        asked.append(True)
        return held()

    monkeypatch.setattr(taking, "_what_it_holds", meanwhile)
    assert "rows in" in said("backup")
    assert asked
    [base] = taking.bases(folder)
    taking.run("pg_verifybackup", "--quiet", base.data)


@pytest.mark.long
def test_backup_while_somebody_writes_all_the_time_says_what_to_do(folder, monkeypatch):
    """The operator at three in the morning: is anything lost, and who is it."""
    monkeypatch.setattr(taking, "QUIET_SECONDS", 1)
    writer = connections["backup"].copy("backup")
    connected(writer)
    try:
        with writer.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT pg_current_xact_id()")  # open, and it wrote
            with pytest.raises(CommandError, match=r"Nothing is lost.*docs/runbook/backup-late\.md"):
                said("backup")
            cursor.execute("ROLLBACK")
    finally:
        writer.close()
    assert taking.bases(folder) == []
    assert "rows in" in said("backup"), "once it ended"


@pytest.mark.long
def test_damaged_base_backup_is_named(folder):
    said("backup")
    [base] = taking.bases(folder)
    (base.data / "backup_label").unlink()
    with pytest.raises(CommandError, match=f"{base.path} is damaged"):
        said("backup")


@pytest.mark.long
def test_stopped_stream_of_wal_is_said(folder, monkeypatch):
    with pytest.raises(CommandError, match="no base backup"):
        call_command("backup", "--check")
    stop_stream(folder)
    monkeypatch.setattr(taking, "REACHED_SECONDS", 1)
    with pytest.raises(CommandError, match="No stream of WAL arrives"):
        call_command("backup")


@pytest.mark.long
def test_stream_begins_anew_behind_what_the_server_removed(folder):
    """As after `wal` was away for more WAL than the server keeps: pg_receivewal asks for it for ever."""
    said("backup")
    with pytest.raises(CommandError, match="stop the service `wal` first"):
        said("backup", "--anew")
    stop_stream(folder)
    for path in (folder / "wal").iterdir():
        path.unlink()
    (folder / "wal" / f"{1:08X}{0:08X}{1:08X}.partial").touch()
    with receiving(folder):
        until = time.monotonic() + 60
        while "has already been removed" not in (folder / "wal.log").read_text() and time.monotonic() < until:
            time.sleep(0.2)
        assert "has already been removed" in (folder / "wal.log").read_text()
    assert "Start it, and take a base backup at once" in said("backup", "--anew")
    with receiving(folder):
        said("backup")
        assert "bytes of WAL not received" in said("backup", "--check")
        assert len(taking.bases(folder)) == 2
