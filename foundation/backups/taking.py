"""Copy a running PostgreSQL cluster: base backups, the stream of its WAL, and what a copy must hold.

A folder of backups holds `base/<UTC time>/`, each with `data/` (pg_basebackup, plain files and PostgreSQL's manifest)
and `repere.json` (what to check a restored copy by), and `wal/` (pg_receivewal). Keys of the platform are in neither.
"""

import fcntl
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connections, transaction

SLOT = "repere"
STAMP = "%Y%m%dT%H%M%SZ"
LABEL = re.compile(r"^START WAL LOCATION: .* \(file ([0-9A-F]{24})\)$", re.MULTILINE)
SEGMENT = re.compile(r"[0-9A-F]{24}(\.partial)?")
QUIET_SECONDS, REACHED_SECONDS = 60, 60


class BackupError(Exception):
    """Signal that a backup or a restoration failed; the text is a sentence for the operator."""


def program(name: str) -> Path:
    """Return a program of PostgreSQL: of POSTGRES_BIN, else of the path, else of Debian. Raises BackupError."""
    if settings.POSTGRES_BIN:
        return Path(settings.POSTGRES_BIN) / name
    if on_path := shutil.which(name):
        return Path(on_path)
    for directory in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (directory / name).is_file():
            return directory / name
    raise BackupError(f"{name} was not found: install PostgreSQL of the server's version, or set POSTGRES_BIN.")


def run(name: str, *arguments: str | Path, env: dict[str, str] | None = None) -> str:
    """Run a program of PostgreSQL to its end and return what it printed. Raises BackupError with its last words."""
    command = [str(program(name)), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env=plain_environment() | (env or {}), check=False)
    if done.returncode:
        raise BackupError(f"{name} failed: {done.stderr.strip()[-2000:]}")
    return done.stdout


def plain_environment() -> dict[str, str]:
    """Return the environment of a program that needs none of ours: no key, no password."""
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}


def address() -> dict[str, str]:
    """Return the server's address for the programs. The password is in the environment, never in an argument.

    Raises BackupError without BACKUP_DATABASE_URL.
    """
    if "backup" not in connections:
        raise BackupError("Set BACKUP_DATABASE_URL, the address of the role nrm_backup.")
    said = connections["backup"].settings_dict
    named = {"PGHOST": said["HOST"], "PGPORT": said["PORT"], "PGUSER": said["USER"], "PGPASSWORD": said["PASSWORD"]}
    tls = {f"PG{name.upper()}": value for name, value in said["OPTIONS"].items() if name.startswith("ssl")}
    return {name: value for name, value in (named | tls).items() if value}


@dataclass(frozen=True)
class Base:
    """Hold one finished base backup."""

    path: Path

    @property
    def data(self) -> Path:
        return self.path / "data"

    @property
    def said(self) -> dict:
        """Return what was written beside it when it was taken."""
        return json.loads((self.path / "repere.json").read_text())

    @property
    def at(self) -> datetime:
        """Return the moment that its counts are of."""
        return datetime.fromisoformat(self.said["at"])

    @property
    def first_segment(self) -> str:
        """Return the name of the first segment of WAL that a restoration needs. Raises BackupError."""
        try:
            found = LABEL.search((self.data / "backup_label").read_text())
        except OSError:
            found = None
        if not found:
            raise BackupError(f"{self.path} is damaged: its backup_label names no segment of WAL. Move it elsewhere.")
        return found.group(1)


def bases(folder: Path) -> list[Base]:
    """Return the finished base backups of a folder, oldest first."""
    return [Base(path.parent) for path in sorted(folder.glob("base/*Z/repere.json"))]


def stream(folder: Path) -> Sequence[str]:
    """Make the slot, and return the command that receives WAL for ever. Raises BackupError.

    Synchronous: what the server flushed is in the folder at once, so that a lost server loses less than a second.
    """
    wal = folder / "wal"
    wal.mkdir(parents=True, exist_ok=True, mode=0o700)
    run("pg_receivewal", "--slot", SLOT, "--create-slot", "--if-not-exists", env=address())
    return [str(program("pg_receivewal")), "-D", str(wal), "--slot", SLOT, "--synchronous", "--status-interval", "1"]


def begin_anew(folder: Path) -> str:
    """Make the slot anew, and have the stream begin with the first segment that the server keeps; return its name.

    For when the server removed what the folder lacks: the stream would ask for that for ever. Older base backups reach
    the gap and no further. Raises BackupError while a stream runs.
    """
    wal = folder / "wal"
    wal.mkdir(parents=True, exist_ok=True, mode=0o700)
    with connections["backup"].cursor() as cursor:
        cursor.execute("SELECT active FROM pg_replication_slots WHERE slot_name = %s", [SLOT])
        if (known := cursor.fetchone()) == (True,):
            raise BackupError("A stream of WAL runs: stop the service `wal` first.")
        if known:
            cursor.execute("SELECT pg_drop_replication_slot(%s)", [SLOT])
        cursor.execute("SELECT pg_walfile_name((pg_create_physical_replication_slot(%s, true)).lsn)", [SLOT])
        first = cursor.fetchone()[0]
    if not (wal / first).exists():
        (wal / f"{first}.partial").touch(mode=0o600)  # pg_receivewal goes on with the newest file that it finds
    return first


def take(folder: Path) -> Base:
    """Take a base backup while its WAL arrives in the folder, and write what a copy of it must hold.

    Raises BackupError when a program fails, when no stream of WAL runs, or while another one is taken here.
    """
    with _alone(folder / "base"):
        stamp = f"{datetime.now(UTC):{STAMP}}"
        draft = folder / "base" / f"{stamp}.part"
        for left in folder.glob("base/*.part"):  # of a run that was killed
            shutil.rmtree(left)
        _wait_for_stream()  # before, so that no segment is missing between this backup and the stream
        draft.mkdir(mode=0o700)
        run("pg_basebackup", "-D", draft / "data", "-X", "stream", "-c", "fast", "-l", f"repere {stamp}", env=address())
        said = _what_it_holds()
        _wait_for_stream()
        (draft / "repere.json").write_text(json.dumps(said, indent=1))
        return Base(draft.rename(draft.with_suffix("")))


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """Hold this folder: a second one would remove what the first one is writing. Raises BackupError."""
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (place / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError("Another base backup is being taken here: wait for its end.") from None
        yield


def forget(folder: Path, keep: timedelta) -> list[Base]:
    """Remove base backups older than `keep`, but the last two, and the WAL that none of the others needs."""
    known = bases(folder)
    old = [base for base in known[:-2] if datetime.now(UTC) - base.at > keep]
    for base in old:
        shutil.rmtree(base.path)
    left = [base.first_segment[8:] for base in bases(folder)]  # without the timeline
    for path in (folder / "wal").iterdir():
        if left and SEGMENT.fullmatch(path.name) and path.name[8:24] < min(left):
            path.unlink()
    return old


def lag() -> int | None:
    """Return how many bytes of WAL the server flushed that the folder does not have; None when nothing streams."""
    with connections["backup"].cursor() as cursor:
        cursor.execute(
            "SELECT pg_wal_lsn_diff(pg_current_wal_flush_lsn(), restart_lsn)::bigint FROM pg_replication_slots"
            " WHERE slot_name = %s AND active",
            [SLOT],
        )
        row = cursor.fetchone()
    return None if row is None or row[0] is None else max(row[0], 0)


def _wait_for_stream() -> None:
    """Write a commit, where a restoration can stop, and wait until the folder has it. Raises BackupError."""
    with connections["backup"].cursor() as cursor:
        cursor.execute("SELECT pg_logical_emit_message(true, 'repere', 'backup')")
        cursor.execute("SELECT pg_current_wal_insert_lsn()::text")
        written = cursor.fetchone()[0]
        end = time.monotonic() + REACHED_SECONDS
        while time.monotonic() < end:
            cursor.execute(
                "SELECT active AND restart_lsn >= %s::pg_lsn FROM pg_replication_slots WHERE slot_name = %s",
                [written, SLOT],
            )
            if cursor.fetchone() == (True,):
                return
            time.sleep(0.2)
    raise BackupError("No stream of WAL arrives: start « manage.py backup --wal » and keep it running.")


def counts(using: str) -> dict:
    """Return how many rows each table holds, and the digest of the journal, whatever the order of its rows.

    Inside a transaction.
    """
    rows, quoted = {}, connections[using].ops.quote_name
    number = "SELECT count(*) FROM {}"
    with connections[using].cursor() as cursor:
        cursor.execute("SET LOCAL timezone = 'UTC'")
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY 1"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(number.format(quoted(table)))
            rows[table] = cursor.fetchone()[0]
        cursor.execute("SELECT count(*), COALESCE(bit_xor(hashtextextended(e::text, 0)), 0) FROM journal_entry e")
        entries, digest = cursor.fetchone()
    return {"rows": rows, "journal": {"entries": entries, "digest": digest}}


def _what_it_holds() -> dict:
    """Return the counts of one moment, and the place of that moment in the WAL.

    The place is exact only while nobody writes: waits for such an instant, which comes soon between transactions of
    some milliseconds. Raises BackupError when none comes.
    """
    end = time.monotonic() + QUIET_SECONDS
    while time.monotonic() < end:
        with transaction.atomic(using="backup"), connections["backup"].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_current_snapshot()::text, pg_current_wal_insert_lsn()::text, clock_timestamp()")
            snapshot, lsn, at = cursor.fetchone()
            if not _still(snapshot):
                continue
            cursor.execute(
                "SELECT (SELECT system_identifier::text FROM pg_control_system()), current_setting('server_version'),"
                " ARRAY(SELECT key FROM journal_keyprobe ORDER BY 1),"
                " ARRAY(SELECT app || '.' || name FROM django_migrations ORDER BY 1)"
            )
            named = dict(zip(["cluster", "server", "keys", "migrations"], cursor.fetchone(), strict=True))
            return {"at": at.astimezone(UTC).isoformat(), "lsn": lsn, **named, **counts("backup")}
    raise BackupError(
        f"No moment of {QUIET_SECONDS} s was without a transaction that writes, so this base backup was not kept: what"
        " it holds could not be counted. Nothing is lost: the last one and the WAL since restore all. Run it again;"
        " when it fails again, docs/runbook/backup-late.md says how to find who writes."
    )


def _still(snapshot: str) -> bool:
    """Return whether nobody was writing at this snapshot, nor has begun since; asked by a second connection."""
    first, last, _ = snapshot.split(":")
    beside = connections["backup"].copy("backup")
    try:
        with beside.cursor() as cursor:
            cursor.execute("SELECT pg_current_snapshot()::text")
            return first == last and cursor.fetchone()[0] == snapshot
    finally:
        beside.close()
