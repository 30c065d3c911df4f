"""Make a server of a base backup and its WAL, as it was at a given second, in a fresh place nobody else reaches."""

import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from django.db import InterfaceError, OperationalError, connections

from .taking import SEGMENT, BackupError, Base, plain_environment, program, run

# of the former server, without which a standby does not answer: a copy may allow no fewer than the original did
LIMITS = ("max_connections", "max_worker_processes", "max_wal_senders", "max_locks_per_xact")
NAMES = {"max_locks_per_xact": "max_locks_per_transaction"}
# nothing of the original's connections: a private socket, whoever may enter its directory
ALONE = {"listen_addresses": "", "archive_mode": "off", "ssl": "off", "hot_standby": "on", "restart_after_crash": "off"}
PATIENCE = 3600.0  # seconds of replay
PORT = "5432"  # part of the socket's name; said, since PGPORT of whoever restores would name another one
HELD_SECONDS = 60  # for which the last segment waits until the server answers
PAUSE = "pause"
HOLD = 'until [ -e "$0" ]; do sleep 0.1; done'
PAUSED = "SELECT CASE WHEN pg_is_in_recovery() THEN pg_get_wal_replay_pause_state() = 'paused' ELSE true END"


class Copy:
    """Hold the copy of one base backup in a directory of its own.

    `user`: who runs its server, when root calls. `kept`: written through to the disk, since it will be used.
    """

    def __init__(self, base: Base, place: Path, user: str | None = None, *, kept: bool = True):
        if os.geteuid() == 0 and not user:
            raise BackupError("PostgreSQL does not run as root: name another user with --user.")
        self.kept = kept
        self.base, self.place, self.user = base, place.absolute(), user if os.geteuid() == 0 else None
        self.data, self.wal = self.place / "data", self.place / "wal"
        self.sockets = Path(tempfile.mkdtemp(prefix="repere-"))
        self._give(self.sockets)
        self.server: subprocess.Popen | None = None

    def lay_out(self, wal: Path) -> None:
        """Check the base backup against its manifest, and copy it here with the WAL since. Raises BackupError."""
        run("pg_verifybackup", "--quiet", self.base.data)
        self.wal.mkdir(parents=True, mode=0o700, exist_ok=True)
        shutil.copytree(self.base.data, self.data, symlinks=True)
        for path in sorted(wal.iterdir()):
            if not SEGMENT.fullmatch(path.name):
                shutil.copy2(path, self.wal)  # histories of timelines
            elif path.name[8:24] >= self.base.first_segment[8:]:
                # the segment being received is whole in size, with zeros where nothing was written yet
                whole = self.wal / path.name.removesuffix(".partial")
                if not whole.exists():
                    shutil.copy2(path, whole)
        (self.place / "hba.conf").write_text("local all all trust\n")
        (self.data / "recovery.signal").touch()
        self.data.chmod(0o700)
        self._give(self.place, *self.place.rglob("*"))

    def _give(self, *paths: Path) -> None:
        if self.user:
            owner = pwd.getpwnam(self.user)
            for path in paths:
                os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)

    def pause_at(self, lsn: str) -> None:
        """Replay up to this place in the WAL and wait there, readable. Raises BackupError.

        PostgreSQL waits at a place only once it answers, and a short replay is over before: so the segment of this
        place, which comes after that of the backup's end, is held back until the server answers.
        """
        target = {"recovery_target_lsn": lsn, "recovery_target_inclusive": "off", "recovery_target_action": PAUSE}
        target["recovery_prefetch"] = (
            "off"  # else it asks for that segment before it has replayed the end of the backup
        )
        answering = self.place / "answering"
        held = f'test "%f" != {self._segment(lsn)} || timeout {HELD_SECONDS} sh -c \'{HOLD}\' "{answering}"; '
        self._start(target, "SELECT true", held)
        answering.touch()
        self._wait(lambda: self.ask(PAUSED) == [(True,)])
        if self.ask("SELECT pg_is_in_recovery()") != [(True,)]:
            raise BackupError(
                "The copy did not wait where the base backup was taken: during it, a transaction had more than 64"
                " savepoints. Take another base backup."
            )

    def _segment(self, lsn: str) -> str:
        """Return the name of the segment of WAL that holds this place."""
        high, low = (int(part, 16) for part in lsn.split("/"))
        size = int(re.findall(r"^Bytes per WAL segment: +(\d+)$", self._control(), re.MULTILINE)[0])
        return f"{self.base.first_segment[:8]}{high:08X}{low // size:08X}"

    def open_at(self, at: datetime | None) -> None:
        """Replay up to this second, all there is when None, and open the copy for writing. Raises BackupError."""
        target = {"recovery_target_time": at.astimezone(UTC).isoformat()} if at else {}
        self._start({**target, "recovery_target_action": "promote"} if at else {}, "SELECT NOT pg_is_in_recovery()")

    def close(self) -> None:
        """Stop the server; the files stay."""
        if "restored" in connections:
            connections["restored"].close()
        if self.server and self.server.poll() is None:
            self.server.send_signal(signal.SIGINT)
            self.server.wait(300)
        self.server = None

    def remove(self) -> None:
        """Stop the server and delete the copy."""
        self.close()
        shutil.rmtree(self.place, ignore_errors=True)
        shutil.rmtree(self.sockets, ignore_errors=True)

    def _start(self, target: dict[str, str], ready: str, before: str = "") -> None:
        """Start the server, which runs `before` ahead of each file of WAL, and wait until it says that it is ready."""
        self.close()
        said = {
            **ALONE,
            **self._limits(),
            **target,
            "hba_file": str(self.place / "hba.conf"),
            "unix_socket_directories": str(self.sockets),
            "port": PORT,
            "restore_command": f'{before}cp "{self.wal}/%f" "%p"',
            "logging_collector": "off",
            "fsync": "on" if self.kept else "off",
        }
        command = [str(program("postgres")), "-D", str(self.data)]
        for name, value in said.items():
            command += ["-c", f"{name}={value}"]
        who = {"user": self.user, "group": pwd.getpwnam(self.user).pw_gid, "extra_groups": []} if self.user else {}
        with (self.place / "server.log").open("ab") as log:
            self.server = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env=plain_environment(), **who
            )
        self._connect()
        self._wait(lambda: self.ask(ready) == [(True,)])

    def _limits(self) -> dict[str, str]:
        found = dict(re.findall(r"^(\w+) setting: +(\d+)$", self._control(), re.MULTILINE))
        return {NAMES.get(name, name): found[name] for name in LIMITS if name in found}

    def _control(self) -> str:
        return run("pg_controldata", "-D", self.data)

    def _connect(self) -> None:
        """Let Django reach the copy, as its owner, under the alias « restored »."""
        known = next(
            connections[alias].settings_dict for alias in ("owner", "backup", "default") if alias in connections
        )
        here = {"HOST": str(self.sockets), "USER": "nrm_owner", "PASSWORD": "", "PORT": PORT, "CONN_MAX_AGE": 0}
        if "restored" in connections:
            del connections["restored"]
        connections.settings["restored"] = {**known, **here}

    def ask(self, statement: str, values=None) -> list[tuple]:
        with connections["restored"].cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()

    def _wait(self, ready: Callable[[], bool]) -> None:
        """Wait until the server says so. Raises BackupError with the end of its log when it stops before."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self.server and self.server.poll() is not None:
                raise BackupError(f"The copy did not start:\n{self.last_words()}")
            try:
                if ready():
                    return
            except (InterfaceError, OperationalError):
                connections["restored"].close()
            time.sleep(0.2)
        raise BackupError(f"The copy did not get there in {PATIENCE:.0f} s:\n{self.last_words()}")

    def last_words(self) -> str:
        return "\n".join((self.place / "server.log").read_text(errors="replace").splitlines()[-8:])
