"""The journal is kept by month: a month goes whole when it is old, and no act fails for want of one."""

import os
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, connections, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from foundation.actor import SYSTEM, acting_as
from journal import documents, operations, tasks
from journal.models import Checkpoint, Entry
from tests.roles import as_role

from .test_sealing import as_owner, at_work, faults, folder, forget, seal, wrote  # noqa: F401, a fixture

pytestmark = pytest.mark.django_db
THIS = datetime.now(UTC).date().replace(day=1)


def after(first: date, months: int = 1) -> date:
    """The first day of the month that comes so many later, or before."""
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


OLD = after(THIS, -13)


def name_of(first: date) -> str:
    return f"journal_months.entry_{first:%Y_%m}"


def made(first: date) -> str:
    """The partition of this month, made as the owner; its name."""
    as_owner(
        f"CREATE TABLE {name_of(first)} PARTITION OF journal_entry FOR VALUES FROM ('{first}') TO ('{after(first)}')"
    )
    return name_of(first)


def inserted(month: date) -> str:
    """An entry of this month, and of this hour: as at the turn of a month, which comes between the two."""
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_entry (id, action, outcome, subject, subject_id, at, month)"
            " VALUES (gen_random_uuid(), 'act', 'done', '', '', now(), %s) RETURNING id",
            [month],
        )
        return cursor.fetchone()[0]


def places() -> dict:
    """Where each entry stands."""
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("SELECT id, tableoid::regclass::text FROM journal_entry")
        return dict(cursor.fetchall())


def partitions() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'journal_entry'::regclass")
        return {name for (name,) in cursor.fetchall()}


def make_months() -> int:
    with at_work(), acting_as(SYSTEM):
        return operations.make_months()


def sealed_at(at: datetime, *numbers: int) -> None:
    """Move these checkpoints to another hour, and none that the next one names."""
    seal()
    as_owner("UPDATE journal_checkpoint SET at = %s WHERE number = ANY(%s)", at, list(numbers))


def test_entries_stand_in_the_partition_of_their_month():
    make_months()
    [row] = wrote(1)
    later = inserted(after(THIS))
    assert places() == {row.pk: name_of(THIS), later: name_of(after(THIS))}


def test_an_act_at_the_turn_of_a_month_is_written_sealed_and_found(settings):
    """Its month is drawn before its hour."""
    before = made(after(THIS, -1))
    pk = inserted(after(THIS, -1))
    assert places() == {pk: before}
    with as_role("nrm_owner"):
        assert Entry.objects.get(pk=pk).at.date() >= THIS
    assert seal() == 1
    assert faults(settings) == []


def test_no_act_fails_where_its_month_was_not_made(settings):
    make_months()
    for first in (THIS, after(THIS)):
        as_owner(f"DROP TABLE {name_of(first)}")
    [row] = wrote(1)
    assert places() == {row.pk: "journal_months.entry_other"}
    assert make_months() == 1, "that of this month would take what stands elsewhere"
    assert partitions() == {"journal_months.entry_other", name_of(after(THIS)), name_of(after(THIS, 2))}
    [other] = wrote(1)
    assert seal() == 2
    assert places() == dict.fromkeys([row.pk, other.pk], "journal_months.entry_other")
    sealed_at(timezone.now() - timedelta(days=400), 1)
    assert forget() == 2
    assert places() == {}
    seal()
    assert faults(settings) == []


def test_due_work_makes_the_next_months():
    for name in partitions() - {"journal_months.entry_other"}:
        as_owner(f"DROP TABLE {name}")
    assert forget() == 0
    wanted = {"journal_months.entry_other", *(name_of(after(THIS, count)) for count in range(3))}
    assert partitions() == wanted
    assert make_months() == 0
    assert partitions() == wanted


def test_migrate_makes_the_next_months():
    make_months()
    as_owner(f"DROP TABLE {name_of(after(THIS, 2))}")
    with as_role("nrm_owner"):
        operations.make_first_months("default")
    assert name_of(after(THIS, 2)) in partitions()


def test_an_old_month_is_dropped_with_a_signed_line(settings, folder):  # noqa: F811
    old, empty = made(OLD), made(after(OLD, -1))
    for _ in range(3):
        inserted(OLD)
    assert seal() == 3
    young = inserted(THIS)
    assert seal() == 1
    sealed_at(datetime(OLD.year, OLD.month, 20, tzinfo=UTC), 1)
    assert forget() == 3
    assert not {old, empty} & partitions()
    assert [*places()] == [young]
    seal()
    [line] = [line for line in documents.lines(folder) if line["kind"] == Checkpoint.Kind.FORGOTTEN]
    assert line["through"] == 1
    assert faults(settings) == []
    as_owner("DELETE FROM journal_entry")
    assert faults(settings) == [("missing", 4)], "forgetting a month excuses no other"


def test_a_month_that_is_not_whole_in_old_checkpoints_stays(settings):
    """A sealer that was away: what it sealed late is kept from then on, and the rest of its month goes."""
    old = made(OLD)
    inserted(OLD)
    assert seal() == 1
    late = inserted(OLD)
    assert seal() == 1
    sealed_at(datetime(OLD.year, OLD.month, 20, tzinfo=UTC), 1)
    waits = inserted(OLD)
    assert forget() == 1
    assert places() == {late: old, waits: old}
    assert seal() == 1
    assert faults(settings) == []


def test_a_month_of_less_than_half_a_year_stays_even_empty():
    """And the month in course, and the next ones."""
    today = datetime.now(UTC).date()
    first = (today - timedelta(days=179)).replace(day=1)
    made(first)
    before = partitions()
    inserted(OLD)
    seal()
    sealed_at(timezone.now() - timedelta(days=400), 1)
    assert forget() == 1
    assert partitions() >= before


def test_no_entry_is_kept_for_longer_than_a_year_and_none_goes_before_328_days():
    for count in range(1500):
        for hour in (0, 12, 23):
            now = datetime(2026, 1, 1, hour, 59, tzinfo=UTC) + timedelta(days=count)
            end = operations.end_of_old(now)
            oldest_kept, youngest_gone = now - end, now - end - operations.SEALED_AFTER
            assert oldest_kept <= timedelta(days=361) < Checkpoint.KEPT
            assert youngest_gone >= Checkpoint.KEPT_AT_LEAST
            assert end.day == 1 and end.hour == 0


@pytest.mark.parametrize("role", ["nrm_app", "nrm_worker"])
def test_no_role_of_the_application_reaches_a_partition_or_chooses_the_month(role):
    make_months()
    inserted(THIS)
    columns = "(id, at, action, outcome, subject, subject_id"
    values = "(gen_random_uuid(), now(), 'act', 'done', '', ''"
    system = acting_as(SYSTEM) if role == "nrm_worker" else transaction.atomic()
    with as_role(role), system, connection.cursor() as cursor:
        for name in (name_of(THIS), "journal_months.entry_other"):
            for statement in (
                f"SELECT 1 FROM {name}",
                f"INSERT INTO {name} {columns}) VALUES {values})",
                f"DELETE FROM {name}",
                f"TRUNCATE {name}",
                f"DROP TABLE {name}",
                f"ALTER TABLE journal_entry DETACH PARTITION {name}",
            ):
                with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic():
                    cursor.execute(statement)
        for statement in (
            f"INSERT INTO journal_entry {columns}, month) VALUES {values}, '2020-01-01')",
            f"INSERT INTO journal_entry {columns}, month) VALUES {values}, DEFAULT)",
            "SELECT nrm.months_ahead()",
            f"SELECT nrm.drop_month('{THIS}')",
        ):
            with pytest.raises(ProgrammingError, match="permission denied|no actor context"), transaction.atomic():
                cursor.execute(statement)
        cursor.execute(
            "SELECT count(*), count(relacl) FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid"
            " WHERE inhparent = 'journal_entry'::regclass"
        )
        assert cursor.fetchone() == (4, 0), "no right is granted on any"


def test_nobody_but_due_work_makes_months():
    for role in ("nrm_app", "nrm_worker"):
        with as_role(role), connection.cursor() as cursor, pytest.raises(ProgrammingError), transaction.atomic():
            cursor.execute("SELECT nrm.make_months()")


def test_no_id_stands_in_two_months():
    """The key of a partition tells it of its own entries alone: forgetting the one would take the other."""
    made(OLD)
    pk = inserted(OLD)
    assert seal() == 1
    with pytest.raises(IntegrityError, match="another month"), transaction.atomic():
        operations.tell("nobody")
        Entry.objects.bulk_create([Entry(pk=pk, action="act")])


def test_a_journal_in_one_table_is_refused_with_the_way_out():
    wrote(1)
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE before AS SELECT * FROM journal_entry")
        cursor.execute("ALTER TABLE before DROP COLUMN month")
        cursor.execute("DROP TABLE journal_entry")
        cursor.execute("ALTER TABLE before RENAME TO journal_entry")
        with pytest.raises(CommandError, match="not kept by month.*STATE_DIR"):
            call_command("migrate", database="default", verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_a_reader_who_holds_the_journal_delays_neither_forgetting_nor_the_site(settings):
    """The lock that drops a month is not waited for: its entries go one by one, and the table goes next time."""
    old = made(OLD)
    inserted(OLD)
    assert seal() == 1
    sealed_at(datetime(OLD.year, OLD.month, 20, tzinfo=UTC), 1)
    as_owner(f"DROP TABLE {name_of(after(THIS, 2))}")
    address = urlsplit(os.environ["DATABASE_OWNER_URL"])._replace(
        path=f"/{connections['default'].settings_dict['NAME']}"
    )
    with closing(psycopg2.connect(urlunsplit(address))) as reader, reader.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM journal_entry")
        began = timezone.now()
        with at_work():
            assert tasks.forget() == 1
        assert timezone.now() - began < timedelta(seconds=5)
        assert places() == {} and old in partitions()
        assert name_of(after(THIS, 2)) not in partitions()
    wrote(1)
    assert seal() == 1
    assert faults(settings) == []
    inserted(OLD)
    assert seal() == 1
    sealed_at(datetime(OLD.year, OLD.month, 20, tzinfo=UTC), *range(1, 6))
    assert forget() == 2
    assert old not in partitions() and name_of(after(THIS, 2)) in partitions()
