"""Start a database server of its own with a base of each size, and drop all of it at the end."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dev.services import embedded

AS_SERVED = ["shared_buffers=1GB", "max_wal_size=8GB", "maintenance_work_mem=256MB"]


@contextmanager
def server() -> Iterator[None]:
    """Run PostgreSQL in a directory made for it, with the schema and roles of production; Django is set up on it."""
    state = Path(tempfile.mkdtemp(prefix="repere-bench-"))
    state.chmod(0o711)
    postgres = embedded.Postgres(state / "postgres", durable=False)
    postgres.settings += AS_SERVED
    before = dict(os.environ)
    try:
        postgres.start()
        os.environ.update(postgres.urls(), DEBUG="1", STATE_DIR=str(state), SECRET_KEY="bench")
        os.environ.update(DJANGO_SETTINGS_MODULE="referral.config.settings", MATCH_KEY="A" * 43 + "=")
        os.environ["FIELD_KEYS"] = os.environ["MATCH_KEY"]
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", database="owner", verbosity=0)
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        postgres.stop()
        shutil.rmtree(state, ignore_errors=True)


def laid(rows: int):
    """Make a database with this many cases; return its name, its readers and the seconds it took."""
    from django.db import connections

    from dev.seeding.crowd import lay

    name, began = f"bench_{rows}", time.monotonic()
    go("nrm")
    with connections["owner"].cursor() as cursor:
        connections["default"].close()
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    go(name)
    from django.core.management import call_command

    call_command("migrate", database="owner", verbosity=0)
    crowd = lay(rows)
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    return name, crowd, time.monotonic() - began


def go(name: str) -> None:
    """Point both of Django's connections to this database."""
    from django.db import connections

    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def cursor(name: str, address: str, actor):
    """Return a cursor on this database as the role of this address, acting as a member or, for None, as the system.

    It connects with the options of the application, which has no just-in-time compilation.
    """
    import psycopg2

    from referral.config.environment import TIMEOUTS, database

    (role,) = (role for role in TIMEOUTS if f"nrm_{role}@" in os.environ[address])
    url = os.environ[address].replace("/nrm?", f"/{name}?")
    connection = psycopg2.connect(url, **database(url, role)["OPTIONS"])
    connection.autocommit = True
    made = connection.cursor()
    told = (
        [str(actor.agency_id), str(actor.pk), actor.sight, actor.arrival, actor.kind, ""]
        if actor
        else [""] * 5 + ["on"]
    )
    for setting, value in zip(("agency", "membership", "sight", "arrival", "kind", "system"), told, strict=True):
        made.execute("SELECT set_config(%s, %s, false)", [f"nrm.{setting}", value])
    return made


def sign_system(cursor) -> None:
    """Sign the system's context for the transaction that this cursor is in: what writes asks for it."""
    from foundation.actor import SYSTEM, context_of
    from foundation.statements.signing import sign

    cursor.execute("SELECT nrm.transaction()")
    signature = sign(*cursor.fetchone(), *context_of(SYSTEM))
    cursor.execute("SELECT set_config('nrm.system', 'on', true), set_config('nrm.signature', %s, true)", [signature])
