"""Beat: one at a time publishes, and a clock that was moved back stops nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
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
        self.thread.submit(self.scheduler.close).result(30)
        self.thread.submit(lambda: connection.close()).result(30)
        self.thread.shutdown()


def all_ran(at):
    """Write the last run of each kind, as only workers do."""
    with as_role("nrm_owner"):
        Heartbeat.objects.all().delete()
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
