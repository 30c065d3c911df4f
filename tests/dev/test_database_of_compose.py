"""The database of docker-compose.yml, made for real with its own arguments, its own first script and its own roles."""

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import psycopg2
import pytest

from dev.hygiene import ROOT
from dev.services import binaries
from dev.services.processes import identity, spawn, stop_all, wait_until

from .test_compose import SERVICES

POSTGRES = SERVICES["postgres"]["environment"]
# with what an operator may draw: a password is no part of an address
PASSWORDS = {name: f"{name.lower()}/+@:'\" %" for name in POSTGRES if name.startswith("NRM_")}


@pytest.fixture(scope="module")
def cluster():
    """Return the folder of the socket of a server initialised as the image does it: initdb, database, scripts."""
    user = "nobody" if os.geteuid() == 0 else None
    programs = binaries.postgres(user).directory
    place = Path(tempfile.mkdtemp(prefix="nrm-compose-"))
    data = place / "data"
    if user:
        binaries.give(place, user)
    arguments = shlex.split(POSTGRES["POSTGRES_INITDB_ARGS"])
    made = subprocess.run(
        [programs / "initdb", "-D", data, "-U", POSTGRES["POSTGRES_USER"], "-A", "trust", "--no-sync", *arguments],
        capture_output=True,
        text=True,
        cwd="/",
        env={"PATH": os.environ["PATH"], "LANG": "C"},
        **identity(user),
    )
    assert made.returncode == 0, made.stderr
    server = [programs / "postgres", "-D", data, "-k", place, "-h", "", "-c", "fsync=off"]
    child = spawn("PostgreSQL", server, place / "log", {}, stop_signal=signal.SIGINT, user=user)
    try:
        wait_until(lambda: answers(place), child, 60)
        env = {"PATH": f"{programs}:{os.environ['PATH']}", "PGHOST": str(place), **PASSWORDS}
        env |= {"POSTGRES_USER": POSTGRES["POSTGRES_USER"], "PGDATA": str(data)}
        psql = [programs / "psql", "-U", POSTGRES["POSTGRES_USER"], "-d", "postgres"]
        # the image makes the database of the name of the user before the scripts
        subprocess.run([*psql, "-c", "CREATE DATABASE nrm"], env=env, check=True, capture_output=True)
        first = subprocess.run(["sh", ROOT / "deploy" / "roles.sh"], env=env, capture_output=True, text=True)
        assert first.returncode == 0, first.stderr
        yield place
    finally:
        stop_all([child], 30)
        shutil.rmtree(place, ignore_errors=True)


def answers(place) -> bool:
    try:
        psycopg2.connect(host=str(place), user="nrm", dbname="postgres").close()
    except psycopg2.OperationalError:
        return False
    return True


def ask(place, statement, user="nrm"):
    with psycopg2.connect(host=str(place), user=user, dbname="nrm") as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()


def test_database_is_made_by_the_arguments_of_the_file(cluster):
    encoding = "SELECT pg_encoding_to_char(encoding), datlocprovider, pg_get_userbyid(datdba) FROM pg_database"
    assert ask(cluster, f"{encoding} WHERE datname = 'nrm'") == ("UTF8", "b", "nrm_owner")
    assert ask(cluster, "SELECT upper('éloignée'), 'ÉTÉ' ILIKE 'été'") == ("ÉLOIGNÉE", True)


@pytest.mark.parametrize("role", ["nrm_owner", "nrm_app", "nrm_worker"])
def test_each_role_signs_in_and_has_no_power(cluster, role):
    powers = "rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication"
    assert ask(cluster, f"SELECT {powers} FROM pg_roles WHERE rolname = current_user", role) == (False,)
    secret = "SELECT rolpassword LIKE 'SCRAM-SHA-256%%' FROM pg_authid WHERE rolname = '{}'"
    assert ask(cluster, secret.format(role).replace("%%", "%")) == (True,), "its password is kept as a digest"


@pytest.mark.parametrize("role", ["nrm_owner", "nrm_app", "nrm_worker"])
@pytest.mark.parametrize("call", ["lo_creat(-1)", "lo_create(0)", "lo_from_bytea(0, 'x')", "lo_import('/x')"])
def test_no_role_writes_what_nobody_reads(cluster, role, call):
    """The application's password filled the disk with large objects, which no table and no erasure knows."""
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask(cluster, f"SELECT {call}", role)


def test_backup_role_reads_everything_replicates_and_writes_nothing(cluster):
    powers = "rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication"
    assert ask(cluster, f"SELECT {powers} FROM pg_roles WHERE rolname = current_user", "nrm_backup") == (
        False, False, False, True, True,
    )  # fmt: skip
    reads = "SELECT pg_has_role('pg_read_all_data', 'USAGE'), pg_has_role('pg_write_all_data', 'USAGE')"
    assert ask(cluster, reads, "nrm_backup") == (True, False)
    # the image lets nobody replicate from another container: its first script does
    rules = "SELECT user_name, auth_method FROM pg_hba_file_rules WHERE 'replication' = ANY(database)"
    assert ask(cluster, f"{rules} AND address = 'samenet'") == (["nrm_backup"], "scram-sha-256")


def test_owner_alone_ends_sessions_of_others_and_sees_for_how_long_they_last(cluster):
    """Of its functions, one ends those of the application that hold others up (nrm.end_holders)."""
    may = "SELECT pg_has_role('pg_signal_backend', 'USAGE'), pg_has_role('pg_read_all_stats', 'USAGE')"
    found = {role: ask(cluster, may, role) for role in ("nrm_owner", "nrm_app", "nrm_worker", "nrm_backup")}
    assert found.pop("nrm_owner") == (True, True) and set(found.values()) == {(False, False)}


def test_owner_alone_encrypts_anew_without_triggers(cluster):
    may = "SELECT has_parameter_privilege('session_replication_role', 'SET')"
    assert [ask(cluster, may, role) for role in ("nrm_owner", "nrm_app", "nrm_worker", "nrm_backup")] == [
        (True,), (False,), (False,), (False,),
    ]  # fmt: skip


def test_who_copies_test_spaces_copies_the_template_and_nothing_else(cluster):
    def run(statement, user, database):
        connection = psycopg2.connect(host=str(cluster), user=user, dbname=database)
        connection.autocommit = True
        try:
            connection.cursor().execute(statement)
        finally:
            connection.close()

    run("CREATE TABLE secret (said text)", "nrm_owner", "nrm")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        run("CREATE DATABASE stolen TEMPLATE nrm", "nrm_sandbox", "postgres")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        run("SELECT * FROM secret", "nrm_sandbox", "nrm")
    run("ALTER DATABASE nrm_sandbox WITH IS_TEMPLATE true", "nrm_owner", "postgres")
    run("CREATE DATABASE one TEMPLATE nrm_sandbox CONNECTION LIMIT 6", "nrm_sandbox", "postgres")
    run("ALTER DATABASE one WITH ALLOW_CONNECTIONS false", "nrm_sandbox", "postgres")
    run("DROP DATABASE one", "nrm_sandbox", "postgres")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        run("CREATE DATABASE two", "nrm_app", "postgres")
