"""The worker's part, done in a test: its database role, without the transaction that `as_role` opens around it.

Deliveries refuse to run inside a transaction that could take them back; the test's own is the one exception.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from notifications.models import Notice
from notifications.operations import delivery
from tests.roles import as_role


@contextmanager
def worker() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        before = cursor.fetchone()[0]
        cursor.execute("SET LOCAL ROLE nrm_worker")
        yield
        cursor.execute(f"SET LOCAL ROLE {connection.ops.quote_name(before)}")


def fan_out() -> int:
    with worker():
        return delivery.fan_out(100)


def one_pass() -> int:
    """The sweep and the deliveries it hands over; returns how many mails left."""
    with worker():
        delivery.fan_out(100)
        return delivery.send_all(delivery.hand_over())


def told(kind: str, channel: str = "app") -> set[int]:
    with as_role("nrm_owner"):
        return set(Notice.objects.filter(kind=kind, channel=channel).values_list("membership_id", flat=True))


def states(kind: str) -> dict[int, str]:
    """What became of the mails of this kind, by membership."""
    with as_role("nrm_owner"):
        return dict(Notice.objects.filter(kind=kind, channel="mail").values_list("membership_id", "state"))


@contextmanager
def committed_worker() -> Iterator[None]:
    """The same for a transactional test, where each step commits: the session's role, not the transaction's."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE nrm_worker")
        yield
        cursor.execute("SET ROLE nrm_app")
