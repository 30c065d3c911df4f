"""Answer `/metrics` on the port of the probes, for Prometheus: requests of this web, and figures of the installation.

Labels are words of ours: routes, methods, statuses, kinds of work, queues. Never a path, which may hold an id or a
search, never an account, an address or an agency. What all processes share is read at the scrape from the database, in
one statement with a limit of time, without an actor: with no right to a row about anybody.
"""

import math
import os
import time
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError, connections, transaction
from kombu.exceptions import OperationalError
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from redis.exceptions import RedisError

from foundation.backups.taking import SLOT
from journal.operations import FAULTS
from notifications.operations import fence

from . import figures, health, heartbeats, replica
from .celery import app

TYPE = "text/plain; version=0.0.4; charset=utf-8"
STATEMENT_SECONDS, WORKER_SECONDS = 2, 1.0
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
OWN = CollectorRegistry(auto_describe=True)
REQUESTS = Counter(
    "repere_requests_total", "Requests answered.", ["route", "method", "status"], registry=OWN,
)  # fmt: skip
SECONDS = Histogram(
    "repere_request_seconds", "Time until the answer.", ["route"], registry=OWN,
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)  # fmt: skip

SHARED = """
SELECT 'heartbeat', kind, extract(epoch FROM clock_timestamp() - at)::float FROM journal_heartbeat
UNION ALL SELECT split_part(name, ':', 1), split_part(name, ':', 2), value FROM journal_figure
UNION ALL SELECT 'held_back', '', (nrm.held_back(%(site)s) <> '')::int
UNION ALL SELECT 'connections', '', sum(numbackends) FROM pg_stat_database
UNION ALL SELECT 'connections_max', '', current_setting('max_connections')::float
UNION ALL SELECT 'wal_streams', '', count(*) FROM pg_replication_slots WHERE slot_name = %(slot)s AND active
UNION ALL SELECT 'wal_behind', '', coalesce(max(CASE WHEN NOT pg_is_in_recovery()
                 THEN greatest(0, pg_wal_lsn_diff(pg_current_wal_flush_lsn(), restart_lsn)) END), 0)
            FROM pg_replication_slots WHERE slot_name = %(slot)s
"""
# part of the statement: name of the metric, its label, its words
GAUGES = {
    figures.CLOSED: ("repere_sign_in_closed", "count", "Counts of wrong tries that take no more for now, by kind."),
    figures.READING: ("repere_reading_alarms", None, "Budgets of reading used up that no second person lifted."),
    figures.MATCHES: ("repere_match_alarms", None, "Accounts to check for many possible duplicates."),
    FAULTS: (
        "repere_journal_faults",
        None,
        "Faults that the last comparison of the journal with its checkpoints found.",
    ),
    figures.PAUSED: ("repere_webhooks_paused", None, "Webhooks of programs paused because nothing was taken."),
    figures.WAITING: ("repere_messages_waiting", "channel", "Messages that are due or being sent."),
    "held_back": ("repere_held_back", None, "1 while this database is a copy that sends nothing."),
    "connections": ("repere_database_connections", None, "Connections to the database server."),
    "connections_max": ("repere_database_connections_max", None, "Connections that the server takes."),
    "wal_streams": ("repere_wal_streams", None, "Streams of WAL that are received by the backup."),
    "wal_behind": ("repere_wal_behind_bytes", None, "WAL that the backup has not received."),
}


def MetricsMiddleware(get_response):
    """Count each request under the name of its route, with its time; unknown addresses have one name together."""

    def middleware(request):
        began = time.perf_counter()
        response = get_response(request)
        match = request.resolver_match
        route = match.view_name if match else "static" if request.path_info.startswith(settings.STATIC_URL) else "none"
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(route, method, response.status_code).inc()
        SECONDS.labels(route).observe(time.perf_counter() - began)
        return response

    return middleware


def page() -> bytes:
    """Return all metrics in the text format of Prometheus."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):  # requests of each process of this web (serving.py)
        MultiProcessCollector(registry)
    else:
        registry.register(OWN)
    registry.register(Shared())
    return generate_latest(registry)


class Shared:
    """Collect what all processes share, and whether the parts answer."""

    def describe(self) -> list[Metric]:
        return []  # named at the scrape: registering asks nothing

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("repere_part_up", "1 while the part answers.", labels=["part"])
        broker = health.broker() == health.OK
        up.add_metric(["broker"], broker)
        if broker:
            yield from _workers()
        try:
            rows = _rows()
        except DatabaseError:
            rows = []
        up.add_metric(["database"], bool(rows))
        yield up
        if rows:
            yield from _heartbeats({label: value for part, label, value in rows if part == "heartbeat"})
            yield from _figures(rows)
        if replica.ALIAS in connections:
            age = GaugeMetricFamily("repere_replica_behind_seconds", "Age of what public pages show, at most.")
            old = replica.behind()
            age.add_metric([], math.inf if old is None else old)
            yield age


def _rows() -> list[tuple[str, str, float]]:
    """Return part, label and value of each figure. Raises DatabaseError."""
    with transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{STATEMENT_SECONDS}s"])
        cursor.execute(SHARED, {"site": fence.site(), "slot": SLOT})
        return [(part, label, float(value)) for part, label, value in cursor.fetchall()]


def _heartbeats(ages: dict[str, float]) -> Iterator[Metric]:
    age = GaugeMetricFamily("repere_heartbeat_age_seconds", "Since this kind of work last ran.", labels=["kind"])
    limit = GaugeMetricFamily("repere_heartbeat_limit_seconds", "Age from which it is late.", labels=["kind"])
    for kind, most in heartbeats.limits().items():
        # one of the future, before the clock was moved back, is as late (heartbeats.py)
        age.add_metric([kind], abs(ages.get(kind, math.inf)))
        limit.add_metric([kind], most.total_seconds())
    unsent = GaugeMetricFamily("repere_oldest_unsent_seconds", "How long the oldest notice waits.", labels=["notice"])
    for kind in heartbeats.UNSENT:
        unsent.add_metric([kind.removesuffix("-notices")], max(ages.get(kind, 0.0), 0.0))
    yield from (age, limit, unsent)


def _figures(rows: list[tuple[str, str, float]]) -> Iterator[Metric]:
    failed = CounterMetricFamily("repere_failed_work_total", "Work that failed.", labels=["work"])
    for work, value in [(label, value) for part, label, value in rows if part == figures.FAILED]:
        failed.add_metric([work], value)
    yield failed
    for part, (name, label, words) in GAUGES.items():
        gauge = GaugeMetricFamily(name, words, labels=[label] if label else None)
        for value in [row for row in rows if row[0] == part]:
            gauge.add_metric([value[1]] if label else [], value[2])
        yield gauge


def _workers() -> Iterator[Metric]:
    """Ask all workers which queues they read."""
    found = GaugeMetricFamily("repere_workers", "Workers that read this queue and answer.", labels=["queue"])
    try:
        answers = app.control.inspect(timeout=WORKER_SECONDS).active_queues() or {}
    except (OperationalError, RedisError, OSError):
        return
    read = [queue["name"] for queues in answers.values() for queue in queues]
    for short, queue in settings.QUEUES.items():
        found.add_metric([short], read.count(queue))
    yield found
