"""What the application's database password lets somebody hold: for seconds, since beat has their session ended.

The rights of the application are those of its tables: with UPDATE or DELETE of one, it may lock the whole of it.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import psycopg2
import pytest
from django.db import OperationalError, connection, connections, transaction
from django.db.utils import ProgrammingError

from foundation.actor import SYSTEM, acting_as
from journal.models import Figure
from tests.notifications.post import committed_worker
from tests.notifications.test_worker import queue  # noqa: F401 - a fixture
from tests.referral.config.test_beat import Beat
from tests.roles import as_role

pytestmark = pytest.mark.django_db(transaction=True)
LONG = 20  # seconds, of a statement of the application (TIMEOUTS)


@contextmanager
def session(role: str = "nrm_app"):
    """Give a cursor of a session of its own, of somebody who has this role's password."""
    server = connections["default"].settings_dict
    asked = {"dbname": server["NAME"], "host": server["HOST"], "port": server["PORT"] or None, "user": role}
    other = psycopg2.connect(**asked)
    try:
        yield other.cursor()
    finally:
        other.close()


def lives(cursor) -> bool:
    try:
        cursor.execute("SELECT 1")
    except (psycopg2.OperationalError, psycopg2.InterfaceError):
        return False
    return True


def end_holders() -> int:
    with committed_worker(), acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT nrm.end_holders()")
        return cursor.fetchone()[0]


# every table of which the application may update any column, or delete rows, by a right of the whole table
LOCKABLE = """
SELECT string_agg(quote_ident(relname), ', ' ORDER BY relname) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
  AND (has_table_privilege('nrm_app', oid, 'UPDATE') OR has_table_privilege('nrm_app', oid, 'DELETE'))
"""


def test_who_locks_tables_of_the_application_keeps_nobody_from_them(tmp_path, queue):  # noqa: F811
    """Seen to hold every notice, that of a danger to life too, for as long as the session lived."""
    with connection.cursor() as cursor:
        cursor.execute(LOCKABLE)
        [tables] = cursor.fetchone()
    assert {"notifications_preference", "agencies_dutymember", "referral_alert"} < {*tables.split(", ")}
    with session() as thief:
        thief.execute(f"LOCK TABLE {tables}")
        with pytest.raises(OperationalError), committed_worker(), acting_as(SYSTEM), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '50ms'")
            cursor.execute("SELECT count(*) FROM agencies_dutymember")
        beat = Beat(tmp_path / "beat")
        beat.look()  # as it does each two seconds
        beat.die()
        assert not lives(thief)
    with committed_worker(), acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM agencies_dutymember")
    with as_role("nrm_owner"):
        assert Figure.objects.get(name="failed_work:held").value == 1, "and somebody is woken"


def test_an_owner_without_the_right_is_told_of(tmp_path, queue):  # noqa: F811
    """On an installation that stands the right is given by hand (docs/operation.md)."""
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION nrm.end_holders() RETURNS int LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE 'must be a member' USING ERRCODE = '42501'; END $$"
        )
    beat = Beat(tmp_path / "beat")
    beat.look()
    assert beat.scheduler.mine, "it goes on"
    beat.die()
    with as_role("nrm_owner"):
        assert Figure.objects.get(name="failed_work:held").value >= 1


@pytest.mark.parametrize("mode", ["SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE"])
def test_a_lock_that_lets_some_through_is_ended_too(mode):
    with session() as thief:
        thief.execute(f"LOCK TABLE agencies_session IN {mode} MODE")
        assert end_holders() == 1
        assert not lives(thief)


def test_who_waits_for_a_whole_table_is_ended_too():
    """Those that wait hold up whoever comes after them: many of them would take it in turn."""
    with session() as page, session() as thief, ThreadPoolExecutor(1) as waits:
        page.execute("LOCK TABLE agencies_session IN ROW EXCLUSIVE MODE")  # as a page that writes there
        asked = waits.submit(thief.execute, "LOCK TABLE agencies_session")
        while not waiting():
            time.sleep(0.01)
        assert end_holders() == 1
        assert asked.exception(10)
        assert lives(page) and not lives(thief)


def waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0]


def test_a_lock_kept_outside_a_transaction_is_ended_and_one_within_is_a_page_s():
    lock = "SELECT pg_advisory{}_lock(hashtextextended('nrm.read_quota', 1))"
    with session() as thief, session() as page, session() as idle:
        idle.execute("SELECT 1")
        idle.connection.commit()
        page.execute(lock.format("_xact").replace("1)", "2)"))
        thief.execute(lock.format(""))
        thief.connection.commit()
        assert end_holders() == 0, "it may be about to begin"
        time.sleep(2.1)
        assert end_holders() == 1
        assert (lives(page), lives(idle), lives(thief)) == (True, True, False)


def test_a_transaction_that_others_wait_for_lasts_no_longer_than_a_statement():
    lock = "SELECT pg_advisory_xact_lock(%s)"
    with ExitStack() as held, ThreadPoolExecutor(2) as waits:
        thief, alone, another, first, second = (held.enter_context(session()) for _ in range(5))
        due = held.enter_context(session("nrm_worker"))
        for cursor, key in ((thief, 1), (alone, 2), (due, 4)):
            cursor.execute(lock, [key])
        time.sleep(LONG - 3)
        another.execute(lock, [3])
        asked = waits.submit(first.execute, lock, [1])
        waits.submit(second.execute, lock, [3])
        while waiting() < 2:
            time.sleep(0.01)
        assert end_holders() == 0
        time.sleep(3.1)
        assert end_holders() == 1
        asked.result(10)
        assert not lives(thief)
        assert lives(alone) and lives(another) and lives(due), "nobody waits, it began lately, and due work is slow"
        another.connection.commit()


def test_no_other_session_is_ended_and_nobody_else_ends_any():
    with session("nrm_worker") as worker, session("nrm_owner") as owner:
        worker.execute("SELECT pg_advisory_lock(1)")
        owner.execute("LOCK TABLE notifications_preference")
        worker.connection.commit()
        time.sleep(2.1)
        assert end_holders() == 0
        assert lives(worker) and lives(owner)
    refused = pytest.raises(ProgrammingError, match="permission denied")
    with as_role("nrm_app"), connection.cursor() as cursor, refused, transaction.atomic():
        cursor.execute("SELECT nrm.end_holders()")
