"""Read public pages, open data and statistics from a streaming replica, where one is configured (DATABASE_REPLICA_URL).

Only what anybody is shown: who is signed in reads the primary, which holds what they have just written. The replica has
the rights and walls of the primary and is told no context: a table behind a wall raises there as it does here.
"""

import logging
import re
import time
from contextvars import ContextVar
from datetime import datetime, timedelta

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.utils import timezone

from journal.models import Heartbeat

from .heartbeats import BEAT

log = logging.getLogger(__name__)
ALIAS = "replica"
BEHIND = timedelta(seconds=30)  # what the replica may be behind; beat writes its heartbeat each two seconds
EVERY = 5.0  # seconds between two looks at it, in each process
# modules of public pages and open data
SHOWN = re.compile(
    r"plans\.(publication\.views\.|\w+\.views\.public$)|referral\.public\.views$"
    r"|indicators\.(catalogue|procedures|sheets)\.views$"
)
_reads: ContextVar[bool] = ContextVar("reads of this request go to the replica", default=False)


class Writes(Exception):
    """Signal that a page which should only read is about to write: the primary makes it, from its beginning."""


class Router:
    """Send reads to the replica while a public page is made, and nothing else ever.

    A row of the replica may outlive its page: procedures are kept in the process. It is a row of the primary then.
    """

    def db_for_read(self, model, **hints) -> str | None:
        return ALIAS if _reads.get() and model._meta.app_label != "sessions" else _of_primary(hints)

    def db_for_write(self, model, **hints) -> str | None:
        if _reads.get():
            raise Writes(model._meta.label)
        return _of_primary(hints)

    def allow_relation(self, one, other, **hints) -> bool | None:
        return True if ALIAS in (one._state.db, other._state.db) else None

    def allow_migrate(self, db: str, app_label: str, **hints) -> bool | None:
        return False if db == ALIAS else None


def _of_primary(hints: dict) -> str | None:
    """Return the primary for a row that came from the replica; None, as Django decides, for others."""
    row = hints.get("instance")
    return DEFAULT_DB_ALIAS if row is not None and row._state.db == ALIAS else None


def shown_at() -> datetime | None:
    """Return the moment that the replica shows, or a later one; None when it does not answer.

    That of beat's newest heartbeat there: the server's own figures say zero while it receives nothing.
    """
    try:
        return Heartbeat.objects.using(ALIAS).values_list("at", flat=True).get(kind=BEAT)
    except (DatabaseError, Heartbeat.DoesNotExist):
        connections[ALIAS].close()
        return None


def behind() -> float | None:
    """Return how many seconds old what the replica shows may be; None when it does not answer."""
    at = shown_at()
    return None if at is None else max((timezone.now() - at).total_seconds(), 0.0)


class Watch:
    """Look at the replica now and then; between two looks the last one counts."""

    looked, well = float("-inf"), False
    at: datetime | None = None

    def usable(self) -> bool:
        if time.monotonic() - self.looked > EVERY:
            self.looked = time.monotonic()  # other threads go on with the last look meanwhile
            self.at = shown_at()
            well = self.at is not None and timezone.now() - self.at <= BEHIND
            if well != self.well:
                log.warning(
                    "public pages are read from the %s", "replica" if well else "primary: the replica is away or behind"
                )
            self.well = well
        return self.well


watch = Watch()


def public(request, view) -> bool:
    """Return whether this request only reads what anybody is shown.

    A kept page (foundation/styles/kept_pages.py) is not among them: its state and its rows are of one database, and it
    asks one statement while nothing changes.
    """
    shown = SHOWN.match(view.__module__) and not getattr(view, "login_required", True) and not hasattr(view, "reads")
    return bool(shown) and request.method in ("GET", "HEAD") and not request.user.is_authenticated


class ReplicaMiddleware:
    """Make public pages from the replica; what fails there, or is not there yet, is asked of the primary."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, arguments, named):
        if not (public(request, view) and watch.usable()):
            return None
        token = _reads.set(True)
        request.data_at = watch.at
        try:
            return view(request, *arguments, **named)
        except Exception as error:  # the primary makes the page again, and says what is wrong with it
            if isinstance(error, DatabaseError):
                log.warning("the replica failed: %s", type(error).__name__)
                connections[ALIAS].close()
                watch.well = False
            del request.data_at
            return None
        finally:
            _reads.reset(token)
