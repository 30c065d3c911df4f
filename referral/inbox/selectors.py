"""Read alerts that nobody closed: open for long, followed by no case, and neither moved nor added to."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from referral.models import Alert, AlertAddition, AlertDesk, AlertMove

LEFT_OPEN = timedelta(days=365)
OVER = [Alert.State.DRAFT, Alert.State.CLOSED]
# the share of a desk: of one that gave the alert away or closed its share, nothing is expected
HAS_IT = Q(live=True) & ~Q(answer__in=[AlertDesk.Answer.CLOSED, AlertDesk.Answer.NOTHING_TO_DO])


def still(alert: str, since: datetime) -> Q:
    """Return the condition that nothing was done since then about the alert of this column.

    Not whether a case followed: `Alert.case_status` says it. Who reads an alert may not read its links.
    """
    of = {"alert": OuterRef(alert)}
    done = (AlertMove.objects.filter(**of, at__gt=since), AlertAddition.objects.filter(**of, at__gt=since))
    return ~Exists(done[0]) & ~Exists(done[1])


def left_open(actor) -> QuerySet[AlertDesk]:
    """Return the alerts that still stand at the desk of the actor and that nobody closed for a year."""
    since = timezone.now() - LEFT_OPEN
    rows = AlertDesk.objects.of(actor).filter(still("alert_id", since), HAS_IT, received_at__lte=since)
    return rows.filter(alert__case_status="").exclude(alert__state__in=OVER)
