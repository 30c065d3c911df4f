"""Write and read heartbeats: beat, and each kind of due work that it publishes and a worker ends.

A dead or hung beat would otherwise be the silent end of every escalation: pages, database, broker and workers are well.
"""

import logging
import secrets
import time
from datetime import datetime, timedelta

from celery.beat import PersistentScheduler
from celery.signals import task_success
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from foundation.actor import SYSTEM, acting_as
from foundation.errors import sqlstate
from foundation.tasks import failed
from journal.models import Heartbeat
from notifications.rules import MAY_WAIT
from victims.files.rules import WAITING

log = logging.getLogger(__name__)
BEAT = "beat"
EVERY = 2  # seconds between two heartbeats of beat
LEASE = 15  # seconds of silence after which another beat goes on
EARLIER = 5  # seconds before that from which the silent one publishes nothing
NO_RIGHT = "42501"  # of the owner, to end them (deploy/roles.sh)
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

    The one beat is named in the row of its heartbeat, which the worker's role alone writes: whoever has the password of
    the application holds no lock that it waits for. Another beat takes the row over once it saw it unchanged for LEASE
    by its own stopwatch, so that no clock, moved or wrong, makes two of them; the first one stops EARLIER.
    """

    looked = -EVERY
    until = 0.0  # when this is the one beat no more, unless it says before that it still is
    seen, since = None, 0.0  # the row of another beat, and since when it stands unchanged

    def __init__(self, *args, **kwargs):
        self.me = secrets.token_hex(16)
        super().__init__(*args, **kwargs)

    @property
    def mine(self) -> bool:
        return time.monotonic() < self.until

    def setup_schedule(self):
        super().setup_schedule()
        write(*settings.CELERY_BEAT_SCHEDULE, first=True)
        self._read_last_runs()

    def tick(self, *args, **kwargs):
        if time.monotonic() - self.looked > EVERY:
            self._look()
        return super().tick(*args, **kwargs) if self.mine else self.max_interval

    def close(self):
        """Let another beat go on at once."""
        try:
            with acting_as(SYSTEM):
                Heartbeat.objects.filter(kind=BEAT, holder=self.me).update(holder="")
        except Exception as error:
            log.warning("beat could not say that it ends: %s", type(error).__name__)
        self.until = 0.0
        super().close()

    def _look(self):
        """Hold the row, which is the heartbeat too, and start anew after a clock that was moved back.

        Without the database no run is published: no worker would have it either.
        """
        try:
            self._hold()
            if self.mine:
                self._end_holders()
            if self.mine and any(entry.last_run_at > timezone.now() + MOVED for entry in self.schedule.values()):
                log.warning("the clock was moved back: all due work runs now")
                self._read_last_runs()
            self.looked = time.monotonic()
        except Exception as error:
            log.warning("beat could not write its heartbeat: %s", type(error).__name__)
            connection.close()

    def _end_holders(self):
        """Have the database end sessions of the application that hold others up, and say that there were any."""
        try:
            with acting_as(SYSTEM), connection.cursor() as cursor:
                cursor.execute("SELECT nrm.end_holders()")
                ended = cursor.fetchone()[0]
        except DatabaseError as error:
            log.error("what sessions of the application hold was not looked at: %s", type(error).__name__)
            ended = sqlstate(error) == NO_RIGHT  # which is asked for where there is one to end
        if ended:
            log.warning("sessions of the application that held others up: %s", ended)
            failed.send_robust(sender=None, work="held")

    def _hold(self):
        """Write that this is the one beat, where it is, or where the one that was says nothing any more."""
        had, asked = self.mine, time.monotonic()
        free = Q(holder__in=["", self.me])
        if self.seen and asked - self.since > LEASE:
            free |= Q(holder=self.seen[0], at=self.seen[1])
        row = Heartbeat.objects.filter(kind=BEAT)
        with acting_as(SYSTEM):
            Heartbeat.objects.bulk_create([Heartbeat(kind=BEAT, at=Now())], ignore_conflicts=True)
            held = row.filter(free).update(holder=self.me, at=Now())
            found = None if held else row.values_list("holder", "at").get()
        if held:
            self.until, self.seen = asked + LEASE - EARLIER, None
            if not had:
                self._read_last_runs()
            return
        if had:
            log.warning("another beat has taken over: this one waits")
        self.until = 0.0
        if found != self.seen:
            self.seen, self.since = found, time.monotonic()

    def _read_last_runs(self):
        """Take the last run of each kind from its heartbeat; one of the future, before the clock was moved, is due."""
        known, now = dict(Heartbeat.objects.values_list("kind", "at")), timezone.now()
        for kind, entry in self.schedule.items():
            if kind in known:
                every = timedelta(seconds=settings.CELERY_BEAT_SCHEDULE[kind]["schedule"])
                entry.last_run_at = known[kind] if known[kind] <= now else now - every
            entry.last_run_at = min(entry.last_run_at, now)  # celery's own
        self._heap = None
