"""Write and read heartbeats: beat, and each kind of due work that it publishes and a worker ends.

A dead or hung beat would otherwise be the silent end of every escalation: pages, database, broker and workers are well.
"""

import logging
import time
from datetime import datetime, timedelta

from celery.beat import PersistentScheduler
from celery.signals import task_success
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.utils import timezone

from foundation.actor import SYSTEM, acting_as
from journal.models import Heartbeat
from notifications.rules import MAY_WAIT
from victims.files.rules import WAITING

log = logging.getLogger(__name__)
BEAT = "beat"
EVERY = 10  # seconds between two heartbeats of beat
ONE_BEAT = 0x6265_6174  # of the lock that one beat holds
MOVED = timedelta(seconds=5)  # a run that lies further in the future was before the clock was moved back
LEEWAY = timedelta(seconds=60)  # for a busy machine, beside twice the time between two runs
# how long the oldest notice, or document in quarantine, may wait (notifications/operations/waiting.py)
UNSENT = {kind: timedelta(seconds=seconds) for kind, seconds in MAY_WAIT.items()} | {WAITING: timedelta(minutes=1)}


def write(*kinds: str, first: bool = False) -> None:
    """Store that these kinds ran now; `first`: only those never seen before. For the worker's role."""
    rows = [Heartbeat(kind=kind, at=timezone.now()) for kind in kinds]
    with acting_as(SYSTEM):
        if first:
            Heartbeat.objects.bulk_create(rows, ignore_conflicts=True)
        else:
            Heartbeat.objects.bulk_create(rows, update_conflicts=True, unique_fields=["kind"], update_fields=["at"])


@task_success.connect
def ran(sender, **kwargs) -> None:
    """Write the heartbeat of a kind of due work that beat published, once it ran to its end."""
    if kind := sender.request.get("nrm_kind"):
        write(kind)


def limits() -> dict[str, timedelta]:
    """Return the age from which each heartbeat is late."""
    every = {kind: entry["schedule"] for kind, entry in settings.CELERY_BEAT_SCHEDULE.items()}
    return {kind: 2 * timedelta(seconds=seconds) + LEEWAY for kind, seconds in {BEAT: EVERY, **every}.items()}


def late() -> dict[str, str]:
    """Return, for beat, each kind of due work and the notices to send, why it is late; an empty text when it is not."""
    known, now = dict(Heartbeat.objects.values_list("kind", "at")), timezone.now()
    found = {kind: _reason(known.get(kind), limit) for kind, limit in limits().items()}
    for kind, limit in UNSENT.items():
        age = now - known.get(kind, now)  # never noted: the kind of work that notes it is late itself
        found[kind] = f"the oldest waits for {age.total_seconds():.0f} s" if age > limit else ""
    return found


def _reason(at: datetime | None, limit: timedelta) -> str:
    if at is None:
        return "never ran"
    age = timezone.now() - at
    if age < -limit:
        return f"last ran {-age.total_seconds():.0f} s in the future: the clock was moved back"
    return f"last ran {age.total_seconds():.0f} s ago" if age > limit else ""


class Scheduler(PersistentScheduler):
    """Write beat's own heartbeat at each look at the schedule, and publish only while this is the one beat.

    The time of the last run of each kind comes from its heartbeat, not from a file: an hourly kind runs even when beat
    is restarted every half hour, and what is late after a night off runs at once.

    The one beat holds a lock of its session of the database. Another one waits, and goes on when that session ends.
    """

    looked = -EVERY
    holds = None  # the connection whose session has the lock
    mine = False

    def setup_schedule(self):
        if settings.DATABASE_POOLED:
            raise ImproperlyConfigured(
                "beat holds a lock of its session: give it the address of PostgreSQL itself, and no DATABASE_POOLED."
            )
        super().setup_schedule()
        write(*settings.CELERY_BEAT_SCHEDULE, first=True)
        self._read_last_runs()

    def tick(self, *args, **kwargs):
        if time.monotonic() - self.looked > EVERY:
            self._look()
        return super().tick(*args, **kwargs) if self.mine else self.max_interval

    def _look(self):
        """Take the lock if nobody has it, write the heartbeat, and start anew after a clock that was moved back.

        A database that is away stops no run of the beat that had the lock.
        """
        try:
            self._take_lock()
            if self.mine:
                write(BEAT)
                if any(entry.last_run_at > timezone.now() + MOVED for entry in self.schedule.values()):
                    log.warning("the clock was moved back: all due work runs now")
                    self._read_last_runs()
            self.looked = time.monotonic()
        except Exception as error:
            log.warning("beat could not write its heartbeat: %s", type(error).__name__)
            connection.close()

    def _take_lock(self):
        with connection.cursor() as cursor:
            if self.holds is not None and self.holds is connection.connection:
                return
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [ONE_BEAT])
            had, self.mine = self.mine, cursor.fetchone()[0]
            self.holds = connection.connection if self.mine else None
            if self.mine:  # of a host that vanished the server knows within half a minute
                cursor.execute(
                    "SELECT set_config(name, '10', false) FROM pg_settings"
                    " WHERE name IN ('tcp_keepalives_idle', 'tcp_keepalives_interval')"
                )
        if self.mine and not had:
            self._read_last_runs()
        elif had and not self.mine:
            log.warning("another beat has taken over: this one waits")

    def _read_last_runs(self):
        """Take the last run of each kind from its heartbeat; one of the future, before the clock was moved, is due."""
        known, now = dict(Heartbeat.objects.values_list("kind", "at")), timezone.now()
        for kind, entry in self.schedule.items():
            if kind in known:
                every = timedelta(seconds=settings.CELERY_BEAT_SCHEDULE[kind]["schedule"])
                entry.last_run_at = known[kind] if known[kind] <= now else now - every
            entry.last_run_at = min(entry.last_run_at, now)  # celery's own
        self._heap = None
