"""Limit what one member does in an hour, counted from its journal entries, which survive a loss of Redis."""

from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from journal.models import Entry

HOUR = timedelta(hours=1)


class Exhausted(Exception):
    """Signal that the quota is used up until `again_at`, when the oldest reading is an hour old."""

    def __init__(self, again_at: datetime):
        self.again_at = again_at
        self.wait = max(1, round((again_at - timezone.now()).total_seconds()))  # seconds
        super().__init__("budget")


def one_at_a_time(actor) -> None:
    """Lock the counts of this member until the transaction ends.

    Without it requests sent together each count what was committed before all of them, and all pass.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('nrm.read_quota', %s))", [actor.pk])


def require(actor, actions: str | tuple[str, ...], per_hour: int) -> None:
    """Raise Exhausted when this member has journalled one of `actions` `per_hour` times within the last hour."""
    one_at_a_time(actor)
    since, named = timezone.now() - HOUR, (actions,) if isinstance(actions, str) else actions
    done = Entry.objects.filter(membership_id=actor.pk, action__in=named, outcome=Entry.Outcome.DONE, at__gt=since)
    newest = list(done.order_by("-at").values_list("at", flat=True)[:per_hour])
    if len(newest) >= per_hour:
        raise Exhausted(newest[-1] + HOUR)
