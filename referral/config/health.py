"""Answer `/healthz`, this process is alive, and `/readyz`, its services answer.

Before all other middleware: behind it a database that is down would give a server error, a probe by IP address would be
refused for its host name, and each probe would open a session. In production also on a port of their own (serving.py).
"""

import time
from collections.abc import Callable

from django.core.cache import caches
from django.db import DatabaseError, connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from notifications.operations import fence

from . import heartbeats
from .celery import app

OK = "ok"
WORKER_SECONDS = 2.0
CLOCK_SECONDS = 5.0  # between this process and the database: a code of a second factor is taken 30 s early or late


def HealthMiddleware(get_response: Callable[[HttpRequest], HttpResponse]):
    """Answer the two probes before any other middleware."""

    def middleware(request: HttpRequest) -> HttpResponse:
        answer = ANSWERS.get(request.path_info)
        if answer is None:
            return get_response(request)
        status, said = answer()
        return JsonResponse(said, status=status, headers={"Cache-Control": "no-store"})

    return middleware


def healthz() -> tuple[int, dict[str, str]]:
    return 200, {"status": OK}


def readyz() -> tuple[int, dict[str, str]]:
    """Return a status and `ok` or a reason for each part, 503 unless all are ok. Reasons name no host, role or path.

    Beat, each kind of due work and the age of the oldest unsent notice are parts: without them no alert is escalated,
    nobody is told, and no page would show it. So is the sending: a copy of the database sends nothing until its
    operator says so. So is the clock, by which codes of a second factor are taken.
    """
    parts = {"database": _database(), "broker": broker()}
    parts["worker"] = _worker() if parts["broker"] == OK else "unknown while the broker does not answer"
    if parts["database"] == OK:
        parts |= {kind: reason or OK for kind, reason in heartbeats.late().items()}
        parts["sending"] = _sending()
        parts["clock"] = clock()
    return 200 if set(parts.values()) == {OK} else 503, parts


def _database() -> str:
    """Query with the application's own role and connection, without an actor."""
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return f"no answer ({type(error).__name__})"
    return OK


def clock() -> str:
    """Compare the clock of this process with that of the database, by which everything is decided."""
    asked = time.time()
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
            theirs = float(cursor.fetchone()[0])
    except DatabaseError as error:
        return f"no answer ({type(error).__name__})"
    off = max(asked - theirs, theirs - time.time())  # theirs was read between the two
    return OK if off <= CLOCK_SECONDS else f"{off:.0f} s from the database's: does each host follow a time server?"


def _sending() -> str:
    return fence.reason() or OK


def broker() -> str:
    try:
        caches["default"].get("readyz")
    except (RedisError, OSError) as error:
        return f"no answer ({type(error).__name__})"
    return OK


def _worker() -> str:
    """Ping a worker: a process that no longer takes messages is not ready."""
    try:
        answers = app.control.ping(timeout=WORKER_SECONDS, limit=1)
    except (OperationalError, RedisError, OSError) as error:
        return f"no answer ({type(error).__name__})"
    return OK if answers else f"no worker answered within {WORKER_SECONDS:.0f} s"


ANSWERS = {"/healthz": healthz, "/readyz": readyz}
