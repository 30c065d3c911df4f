"""The migrations make the database that the tests are run on, and refuse one they do not know."""

import os
import subprocess
import sys
import threading
import time
from contextlib import closing
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from foundation import walls
from foundation.management.commands.migrate import refuse_other_migrations
from tests import database

CATALOGUE = {
    "columns": """SELECT table_name, column_name, data_type, udt_name, character_maximum_length, numeric_precision,
                         is_nullable, column_default, is_identity
                  FROM information_schema.columns WHERE table_schema = 'public'""",
    "indexes": "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": """SELECT conrelid::regclass::text, pg_get_constraintdef(oid), condeferrable, condeferred
                      FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "triggers": "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal AND tgparentid = 0",
    "policies": "SELECT tablename, policyname, roles, cmd, qual, with_check FROM pg_policies",
    "functions": """SELECT p.oid::regprocedure::text, prosrc, prosecdef, provolatile, proconfig, proacl::text
                    FROM pg_proc p WHERE pronamespace IN ('nrm'::regnamespace, 'public'::regnamespace)""",
    "rights": """SELECT table_name, grantee, privilege_type FROM information_schema.role_table_grants
                 WHERE table_schema = 'public'""",
    "rights of columns": """SELECT table_name, column_name, grantee, privilege_type
                            FROM information_schema.column_privileges
                            WHERE table_schema = 'public'""",
    "row security": """SELECT relname, relrowsecurity FROM pg_class
                       WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace""",
    # those of the months are made by the calendar
    "partitions": """SELECT relname, pg_get_partkeydef(oid), partdefid::regclass::text
                     FROM pg_class JOIN pg_partitioned_table ON partrelid = oid""",
}
# packages whose own migrations differ from their models: the type of a key, the name of an index, an unused function
THIRD_PARTY = {
    "columns": {"auth_group_permissions"},
    "indexes": {"oauth2_provider_accesstoken"},
    "functions": {"_pgh_attach_context()"},
}

ADVICE = "Run `./run manage renew_migrations` (decision 35), then start with an empty STATE_DIR; add no second one:"


@pytest.fixture
def migrated(django_db_setup):
    """The address of a database that `manage.py migrate` makes from nothing, with the real settings."""
    name = f"test_nrm_migrated_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    owner = os.environ["DATABASE_OWNER_URL"]
    database.drop(name)
    with database.administration(owner) as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    address = urlunsplit(urlsplit(owner)._replace(path=f"/{name}"))
    env = {**os.environ, "DATABASE_OWNER_URL": address, "DJANGO_SETTINGS_MODULE": "referral.config.settings"}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0"],
        env=env,
        cwd=database.ROOT,
        check=True,
        capture_output=True,
    )
    yield address
    database.drop(name)


def catalogue(address: str) -> dict[str, set[tuple]]:
    with closing(psycopg2.connect(address)) as connection, connection.cursor() as cursor:
        found = {}
        for sort, query in CATALOGUE.items():
            cursor.execute(query)
            found[sort] = {tuple(map(str, row)) for row in cursor.fetchall()}
    return found


def test_migrations_make_the_database_of_the_tests(migrated):
    template = urlunsplit(urlsplit(os.environ["DATABASE_OWNER_URL"])._replace(path=f"/{database.TEMPLATE}"))
    ours, theirs = catalogue(template), catalogue(migrated)
    differences = [
        f"{sort}: {'only by migrations' if row in theirs[sort] else 'only from the models'}: {row}"
        for sort in CATALOGUE
        for row in sorted(ours[sort] ^ theirs[sort])
        if row[0] not in THIRD_PARTY.get(sort, ())
    ]
    assert all(ours.values())
    assert not differences, "\n".join([ADVICE, *differences])


@pytest.mark.django_db
def test_a_database_of_other_migrations_is_refused_with_the_way_out(as_role):
    with as_role("nrm_owner"):
        MigrationRecorder(connections["default"]).record_applied("victims", "0099_of_another_version")
        with pytest.raises(CommandError, match=r"victims\.0099_of_another_version.*STATE_DIR"):
            call_command("migrate", database="default", verbosity=0)


@pytest.mark.django_db
def test_a_database_whose_migrations_were_made_anew_since_is_refused_with_the_way_out(as_role):
    with as_role("nrm_owner"):
        connection = connections["default"]
        recorder = MigrationRecorder(connection)
        recorder.ensure_schema()
        for key in MigrationLoader(connection).disk_migrations.keys() - recorder.applied_migrations().keys():
            recorder.record_applied(*key)
        refuse_other_migrations("default")
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE victims_ownlabel RENAME COLUMN nickname_digest TO other")
        with pytest.raises(CommandError, match=r"\(victims_ownlabel\.nickname_digest\).*STATE_DIR"):
            call_command("migrate", database="default", verbosity=0)


def test_each_app_has_one_initial_migration():
    found = {
        app: sorted(path.stem for path in (database.ROOT / app / "migrations").glob("0*.py")) for app in walls.APPS
    }
    several = {app: names for app, names in found.items() if names != ["0001_initial"]}
    assert not several, f"{ADVICE} {several}"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("own", "other"), [("referral_alert", "victims_case"), ("victims_case", "referral_alert")])
def test_change_of_walls_lets_a_request_end_that_reads_one_table_and_needs_another(own, other):
    """Each would wait for what the other one holds, until PostgreSQL ends one of them: the request, or the upgrade."""
    name, failed = connections["owner"].settings_dict["NAME"], []
    address = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
    with connections["owner"].cursor() as cursor:
        cursor.execute("COMMENT ON SCHEMA nrm IS 'of a former release'")
    with closing(psycopg2.connect(address)) as connection, connection.cursor() as request:
        request.execute(f"LOCK TABLE {own} IN ACCESS SHARE MODE")

        def read_on():
            try:
                waits, end = False, time.monotonic() + 20
                while not waits and time.monotonic() < end:
                    request.execute(
                        "SELECT count(*) FROM pg_locks WHERE relation = %s::regclass AND NOT granted", [own]
                    )
                    waits = request.fetchone()[0]
                request.execute(f"LOCK TABLE {other} IN ACCESS SHARE MODE")
            except psycopg2.Error as error:
                failed.append(error)
            connection.rollback()

        later = threading.Thread(target=read_on)
        later.start()
        try:
            assert walls.raise_walls("owner") is True
        finally:
            later.join()
    assert failed == []
    assert walls.raise_walls("owner") is False


@pytest.mark.django_db(transaction=True)
def test_change_of_walls_waits_longer_where_each_request_takes_longer_than_its_first_try():
    """On a busy machine a table was never free within the first try, and the upgrade failed after a minute of them."""
    name, ended = connections["owner"].settings_dict["NAME"], threading.Event()
    address = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
    assert walls.ATTEMPT < 600 < walls.LONGEST
    waited = []

    def work() -> None:
        """Ask for the table again and again; each request takes 0.6 s more once the upgrade waits for it."""
        with closing(psycopg2.connect(address)) as connection, connection.cursor() as request:
            while not ended.is_set():
                request.execute("LOCK TABLE victims_case IN ACCESS SHARE MODE")
                waits = False
                while not waits and not ended.is_set():
                    request.execute(
                        "SELECT count(*) FROM pg_locks WHERE relation = 'victims_case'::regclass AND NOT granted"
                    )
                    waits = request.fetchone()[0] > 0
                waited.append(waits)
                time.sleep(0.6)
                connection.rollback()

    person = threading.Thread(target=work)
    person.start()
    try:
        time.sleep(0.5)
        with transaction.atomic(using="owner"):
            walls.take("owner", ["victims_case"])
    finally:
        ended.set()
        person.join()
    assert len(waited) > 1, "the first try was too short"
