"""Build the tests' database once without migrations, keep it, and copy it for each process and each committing test.

The schema is made from the models (triggers, functions and policies included) and filled with the domain pack and the
plans. The result is kept under `.cache/`, named by the digest of what makes it, so most runs only copy it.
`tests/foundation/test_migrations.py` migrates from nothing and compares both schemas.
"""

import fcntl
import hashlib
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psycopg2
from django.core.management import call_command, get_commands, load_command_class
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from dev.services import embedded

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache" / "test-database"
KEPT = 3  # digests: two branches worked on in turn do not build anew at each change of branch
MEMORY, ROOM = Path("/dev/shm"), 2 << 30  # a disk in memory, and the bytes free there without which it is not used
CONTENT = ["load_domain", "load_plans"]
TEMPLATE = "test_nrm_template"


class NoMigrations(dict):
    """Value of MIGRATION_MODULES: no app has migrations, so `migrate` makes the tables from the models."""

    def __contains__(self, app: object) -> bool:
        return True

    def __missing__(self, app: str) -> None:
        return None


def digest() -> str:
    """Return the digest of what makes the database: the product's modules that models, policies and loaders import,
    SQL, the domain pack, the installed packages, and this file."""
    from foundation import walls  # after the settings

    for command in CONTENT:
        load_command_class(get_commands()[command], command)
    walls.declared(), walls.sources()
    modules = {Path(m.__file__) for m in list(sys.modules.values()) if getattr(m, "__file__", None)}
    code = {path for path in modules if path.is_relative_to(ROOT)}
    code -= {path for path in code if path.relative_to(ROOT).parts[0] in ("tests", ".venv")}
    others = [ROOT / "requirements" / "dev.lock", Path(__file__), *(ROOT / "data").rglob("*.*")]
    for app in walls.APPS:
        others += (ROOT / app).rglob("*.sql")
    made = hashlib.sha256()
    for path in sorted({*code, *others}):
        made.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return made.hexdigest()[:16]


@contextmanager
def in_memory(otherwise: Path) -> Iterator[Path]:
    """Give a directory of this process in memory, where a copy of the template takes a tenth of the time it takes on
    a disk; `otherwise` where there is no room. Remove those of processes that were killed."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        yield otherwise
        return
    for left in MEMORY.glob("nrm-test-*"):
        with suppress(PermissionError):  # of another user: its process lives, or is its to remove
            if not _lives(int(left.name.rsplit("-", 1)[1])):
                shutil.rmtree(left)
    place = MEMORY / f"nrm-test-{os.getpid()}"
    place.mkdir(mode=0o700)
    try:
        yield place
    finally:
        shutil.rmtree(place)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def kept() -> Path:
    """Return the directory of a stopped cluster that holds the template; build it when this digest has none."""
    place = CACHE / digest()
    CACHE.mkdir(parents=True, exist_ok=True)
    with CACHE.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two runs at once: the second one finds what the first one built
        if not place.exists():
            _build_at(place)
        os.utime(place)
        for old in sorted(CACHE.iterdir(), key=lambda path: path.stat().st_mtime)[:-KEPT]:
            shutil.rmtree(old, ignore_errors=True)
    return place


def _build_at(place: Path) -> None:
    draft = CACHE / f"draft-{os.getpid()}"
    shutil.rmtree(draft, ignore_errors=True)
    postgres = embedded.Postgres(draft, durable=False)
    try:
        postgres.start()
        build(postgres.urls()["DATABASE_OWNER_URL"])
    finally:
        postgres.stop()
    postgres.data.rename(place)
    shutil.rmtree(draft)


def build(owner: str) -> None:
    """Create the template on the server behind the owner's address, unless it is there."""
    with administration(owner) as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE])
        if cursor.fetchone():
            return
        cursor.execute(f"CREATE DATABASE {TEMPLATE}")
    from referral.config.environment import database  # reads the environment

    connection = connections["owner"]
    connection.close()
    before = dict(connection.settings_dict)
    connection.settings_dict |= {"HOST": database(owner, "owner")["HOST"], "NAME": TEMPLATE}
    try:
        MigrationRecorder(connection).ensure_schema()  # its rights are part of what is tested
        call_command("migrate", database="owner", run_syncdb=True, verbosity=0)
        for command in CONTENT:
            call_command(command, verbosity=0)
    finally:
        connection.close()
        connection.settings_dict |= before


def copy(name: str) -> None:
    """Make the database `name` a fresh copy of the template; what it held is gone, whoever still reads it.

    Raises as `drop` does. One connection for all but the row of the installation: each costs as much as the statements.
    """
    for alias in connections:
        connections[alias].close()
    with administration(os.environ["DATABASE_OWNER_URL"]) as cursor:
        _drop(cursor, name)
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
        cursor.execute(f"REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC")  # rights on a database are not copied
    with administration(os.environ["DATABASE_OWNER_URL"], name) as cursor:  # a copy sends nothing otherwise
        cursor.execute("UPDATE notifications_installation SET database = (SELECT h.database FROM nrm.here() h)")


def drop(name: str) -> None:
    """Drop the database `name` if there is one, after ending the connections of servers and workers under test.

    A connection that is ending counts for some seconds on a loaded machine: tried again for half a minute, then raises
    `psycopg2.errors.ObjectInUse`.
    """
    with administration(os.environ["DATABASE_OWNER_URL"]) as cursor:
        _drop(cursor, name)


def _drop(cursor: psycopg2.extensions.cursor, name: str) -> None:
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    if not cursor.fetchone():
        return
    cursor.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")  # nobody comes back meanwhile
    end = time.monotonic() + 30
    while True:
        _end_connections(cursor, name)
        try:
            cursor.execute(f"DROP DATABASE {name}")
            return
        except psycopg2.errors.ObjectInUse:
            if time.monotonic() > end:
                raise


def _end_connections(cursor: psycopg2.extensions.cursor, name: str) -> None:
    """End the clients of the database `name`. Those of other roles show their name here and not their kind; what has no
    name is a vacuum, which DROP DATABASE ends."""
    cursor.execute("SELECT 1 FROM pg_stat_activity WHERE datname = %s AND usename IS NOT NULL LIMIT 1", [name])
    if not cursor.fetchone():
        return
    with administration(os.environ["DATABASE_OWNER_URL"].replace("//nrm_owner", "//nrm_test", 1)) as signalling:
        signalling.execute("SET ROLE pg_signal_backend")
        signalling.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename IS NOT NULL",
            [name],
        )


@contextmanager
def administration(owner: str, name: str = "") -> Iterator[psycopg2.extensions.cursor]:
    """Give a cursor of the owner, outside the databases under test unless one is named."""
    with closing(psycopg2.connect(owner, **({"dbname": name} if name else {}))) as connection:
        connection.autocommit = True
        yield connection.cursor()
