"""Due work is taken by rows that the worker alone may hold: the application's database password keeps none of it."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from foundation.actor import SYSTEM, acting_as
from foundation.tasks import awaited, taken
from journal.rules import LOCK
from tests.notifications.post import committed_worker, worker
from tests.roles import as_role


@contextmanager
def another():
    """A second session, which runs statements one after the other."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            yield cursor
    finally:
        other.close()


@pytest.mark.django_db
def test_who_has_the_application_s_password_holds_no_turn_of_the_worker():
    """Seen to hold the seal of the journal, while turns were advisory locks."""
    with another() as thief, worker(), acting_as(SYSTEM):
        thief.execute("SET ROLE nrm_app")
        thief.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [" ".join(LOCK)])
        assert taken(*LOCK)
        awaited(*LOCK)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT nrm.take_turn('journal seal')",
        "SELECT nrm.await_turn('journal seal')",
        "SELECT nrm.hold_turn('journal seal')",
        "INSERT INTO nrm.turn VALUES ('journal seal')",
        "SELECT * FROM nrm.turn FOR UPDATE",
        "DELETE FROM nrm.turn",
        "LOCK TABLE nrm.turn IN ACCESS SHARE MODE",
        "LOCK TABLE nrm.turn",
    ],
)
def test_the_application_takes_no_turn(statement):
    refused = pytest.raises(ProgrammingError, match="permission denied")
    with as_role("nrm_app"), connection.cursor() as cursor, refused, transaction.atomic():
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_a_turn_is_one_worker_s_until_its_transaction_ends():
    def tried(*key):
        try:
            with committed_worker(), acting_as(SYSTEM):
                return taken(*key)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other, committed_worker():
        with acting_as(SYSTEM):
            assert taken("erase", 1) and taken("erase", 1), "twice in one transaction is the same turn"
            assert not other.submit(tried, "erase", 1).result()
            assert other.submit(tried, "erase", 2).result()
        assert other.submit(tried, "erase", 1).result(), "the transaction ended"
        with pytest.raises(ZeroDivisionError), acting_as(SYSTEM):
            assert taken("erase", 1)
            _ = 1 / 0
        assert other.submit(tried, "erase", 1).result(), "whatever its end"
    with as_role("nrm_owner"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM nrm.turn")
        assert cursor.fetchone() == (0,)
