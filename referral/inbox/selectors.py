"""Read alerts that nobody closed: open for long, followed by no case, neither moved nor added to; and who refused."""

from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from referral.models import Alert, AlertAddition, AlertDesk, AlertMove, SituationCase
from referral.orientations.rules import CARRIED, WAITING
from victims.models import AgeSide, Case

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


def said_no(actor, alerts) -> dict:
    """Return {alert id: how many adults of it said no when they were asked, and have no help under way}. One query.

    That is their decision, noted and renewable: nobody is to be said to wait for a first step for them.
    """
    lines = SituationCase.objects.visible_to(actor).filter(
        agreement=SituationCase.Answer.NO,
        case__alert_links__alert__in=alerts,
        case__age_side=AgeSide.ADULT,
    )
    lines = lines.exclude(case__status=Case.Status.CLOSED)
    lines = lines.exclude(case__orientations__state__in=(*WAITING, *CARRIED))
    by_alert = lines.order_by().values("case__alert_links__alert").annotate(n=Count("case", distinct=True))
    return dict(by_alert.values_list("case__alert_links__alert", "n"))
