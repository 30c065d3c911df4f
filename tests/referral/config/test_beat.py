"""Beat: one at a time publishes, and a clock that was moved back stops nothing."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from journal.models import Heartbeat
from referral.config import heartbeats
from referral.config.celery import app
from tests.notifications.test_worker import queue  # noqa: F401 - a fixture
from tests.roles import as_role

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = len(settings.CELERY_BEAT_SCHEDULE)


class Beat:
    """A beat in a thread, and so with a session of the database, of its own."""

    def __init__(self, place):
        self.thread = ThreadPoolExecutor(max_workers=1)
        self.scheduler = self.do(lambda: heartbeats.Scheduler(app, schedule_filename=str(place)))

    def do(self, act):
        def as_the_worker():
            with connection.cursor() as cursor:
                cursor.execute("SET ROLE nrm_worker")
            return act()

        return self.thread.submit(as_the_worker).result(30)

    def look(self):
        """Tick until nothing is due, after a new look at lock and clock."""

        def ticks():
            self.scheduler.looked = -heartbeats.EVERY
            while not self.scheduler.tick():
                pass

        self.do(ticks)

    def die(self):
        """End as who is told to end: what it held is free."""
        self.thread.submit(self.scheduler.close).result(30)
        self.thread.submit(lambda: connection.close()).result(30)
        self.thread.shutdown()


def all_ran(at):
    """Write the last run of each kind, as only workers do; no beat is at work."""
    with as_role("nrm_owner"):
        Heartbeat.objects.filter(kind="beat").delete()
    all_ran_but_beat(at)


def all_ran_but_beat(at):
    with as_role("nrm_owner"):
        Heartbeat.objects.exclude(kind="beat").delete()
        Heartbeat.objects.bulk_create(Heartbeat(kind=kind, at=at) for kind in settings.CELERY_BEAT_SCHEDULE)


def published(broker) -> int:
    return sum(broker.llen(name) for name in settings.QUEUES.values())


def test_second_beat_publishes_nothing_until_the_first_is_gone(tmp_path, queue):  # noqa: F811
    all_ran(timezone.now() - timedelta(days=2))
    first = Beat(tmp_path / "first")
    first.look()
    assert published(queue) == KINDS
    second = Beat(tmp_path / "second")
    second.look()
    assert published(queue) == KINDS
    first.die()
    second.look()
    assert published(queue) == 2 * KINDS, "it goes on with what is due"
    second.die()


def waited(beat, seconds) -> None:
    """Let a beat that waits have seen the row as it is for so long."""
    beat.scheduler.since = time.monotonic() - seconds


def test_beat_that_says_nothing_is_replaced_and_publishes_no_more(tmp_path, queue):  # noqa: F811
    all_ran(timezone.now() - timedelta(days=2))
    first, second, third = (Beat(tmp_path / name) for name in ("first", "second", "third"))
    for beat in (first, second, third):
        beat.look()
    assert published(queue) == KINDS
    for beat in (second, third):
        waited(beat, heartbeats.LEASE - 1)
        beat.look()
    assert published(queue) == KINDS, "it may still live"
    first.scheduler.until -= heartbeats.LEASE - heartbeats.EARLIER
    assert not first.scheduler.mine, "it stops by itself, before another one goes on"
    for beat in (second, third):
        waited(beat, heartbeats.LEASE + 1)
        beat.look()
    assert published(queue) == 2 * KINDS, "one of those that wait goes on"
    assert [beat.scheduler.mine for beat in (second, third)] == [True, False]
    all_ran_but_beat(timezone.now() - timedelta(days=2))
    first.look()
    assert published(queue) == 2 * KINDS, "one that was only asleep waits"
    assert heartbeats.LEASE + 2 * (settings.CELERY_BEAT_MAX_LOOP_INTERVAL + heartbeats.EVERY) < 30
    for beat in (first, second, third):
        beat.die()


@pytest.mark.parametrize("hours", [-1, 1])
def test_no_clock_makes_two_beats(tmp_path, queue, hours):  # noqa: F811
    """The database's clock is moved: what was written lies an hour back, or in the future."""
    all_ran(timezone.now())
    first, second = Beat(tmp_path / "first"), Beat(tmp_path / "second")
    first.look()
    with as_role("nrm_owner"):
        Heartbeat.objects.filter(kind="beat").update(at=timezone.now() + timedelta(hours=hours))
    second.look()
    assert (first.scheduler.mine, second.scheduler.mine) == (True, False)
    waited(second, heartbeats.LEASE + 1)
    first.look()
    second.look()
    assert (first.scheduler.mine, second.scheduler.mine) == (True, False), "the first one lives"
    assert abs(Heartbeat.objects.get(kind="beat").at - timezone.now()) < timedelta(seconds=30)
    first.die()
    second.die()


def test_who_has_the_application_s_password_keeps_no_beat_from_its_work(tmp_path, queue):  # noqa: F811
    """Seen to stop all due work, while beat waited for an advisory lock: after a restart nothing was given out."""
    all_ran(timezone.now() - timedelta(days=2))
    with closing(connection.copy()) as thief, thief.cursor() as cursor:
        cursor.execute("SET ROLE nrm_app")
        cursor.execute("SELECT pg_advisory_lock(%s)", [0x6265_6174])
        beat = Beat(tmp_path / "beat")
        beat.look()
        assert published(queue) == KINDS
        beat.die()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO journal_heartbeat (kind, at, holder) VALUES ('beat', now(), 'thief')",
        "UPDATE journal_heartbeat SET holder = 'thief'",
        "DELETE FROM journal_heartbeat",
        "SELECT * FROM journal_heartbeat FOR KEY SHARE",
        "LOCK TABLE journal_heartbeat IN ROW EXCLUSIVE MODE",
        "LOCK TABLE journal_heartbeat",
    ],
)
def test_the_application_is_no_beat(statement):
    refused = pytest.raises(ProgrammingError, match="permission denied")
    with as_role("nrm_app"), connection.cursor() as cursor, refused, transaction.atomic():
        cursor.execute(statement)


def test_clock_moved_back_stops_no_due_work(tmp_path, queue):  # noqa: F811
    """As after an hour by a clock that was an hour ahead: all ran last in what is the future now."""
    ahead = timezone.now() + timedelta(hours=1)
    all_ran(timezone.now())
    beat = Beat(tmp_path / "beat")
    beat.look()
    assert published(queue) == 0
    all_ran(ahead)
    for entry in beat.scheduler.schedule.values():
        entry.last_run_at = ahead
    beat.look()
    assert published(queue) == KINDS
    beat.die()
    queue.delete(*settings.QUEUES.values())
    again = Beat(tmp_path / "again")
    again.look()
    assert published(queue) == KINDS, "nor does it stop a beat that starts"
    again.die()
