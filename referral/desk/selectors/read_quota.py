"""Limit what one member reads in an hour, counted from its journal entries, which survive a loss of Redis."""

from datetime import datetime, timedelta

from django.utils import timezone

from journal.models import Entry

HOUR = timedelta(hours=1)


class Exhausted(Exception):
    """Signal that the quota is used up until `again_at`, when the oldest reading is an hour old."""

    def __init__(self, again_at: datetime):
        self.again_at = again_at
        super().__init__("budget")


def require(actor, action: str, per_hour: int) -> None:
    """Raise Exhausted when this member has journalled `action` `per_hour` times within the last hour."""
    since = timezone.now() - HOUR
    done = Entry.objects.filter(membership_id=actor.pk, action=action, outcome=Entry.Outcome.DONE, at__gt=since)
    newest = list(done.order_by("-at").values_list("at", flat=True)[:per_hour])
    if len(newest) >= per_hour:
        raise Exhausted(newest[-1] + HOUR)
