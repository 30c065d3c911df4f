"""Read alerts that nobody closed: open for long, followed by no case, and neither moved nor added to."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from referral.models import Alert, AlertAddition, AlertDesk, AlertLink, AlertMove

LEFT_OPEN = timedelta(days=365)


def still(alert: str, since: datetime) -> Q:
    """Return the condition that nothing was done since then about the alert of this column, and no case followed."""
    of = {"alert": OuterRef(alert)}
    done = (AlertMove.objects.filter(**of, at__gt=since), AlertAddition.objects.filter(**of, at__gt=since))
    return ~Exists(AlertLink.objects.filter(**of)) & ~Exists(done[0]) & ~Exists(done[1])


def left_open(actor) -> QuerySet[AlertDesk]:
    """Return the alerts that still stand at the desk of the actor and that nobody closed for a year."""
    since = timezone.now() - LEFT_OPEN
    rows = AlertDesk.objects.of(actor).filter(still("alert_id", since), live=True, received_at__lte=since)
    return rows.exclude(alert__state__in=[Alert.State.DRAFT, Alert.State.CLOSED])
