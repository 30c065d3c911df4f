"""Read alerts that nobody closed: open for long, followed by no case, neither moved nor added to; and who refused."""

from collections import Counter
from datetime import datetime, timedelta

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet
from django.utils import timezone

from referral.models import Alert, AlertAddition, AlertDesk, AlertMove, Situation, SituationCase
from referral.situations.rules import answered_before
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


class Helped(Func):
    """Return what `nrm.person_helped` answers of the row of a case: the clock of its alerts asks the same."""

    output_field = BooleanField()

    def as_sql(self, compiler, connection, **_how):
        (of,) = self.source_expressions
        return f"nrm.person_helped({compiler.quote_name(of.alias)})", []


def said_no(actor, alerts) -> dict:
    """Return {alert id: how many adults of it said no when they were asked, and have no help under way}. Two queries.

    That is their decision, noted and renewable: nobody is to be said to wait for a first step for them. Only of cases
    that the actor's agency leads, which alone may close them; who is to be asked something else now is not counted.
    """
    led = Case.objects.filter(lead=actor.agency_id, age_side=AgeSide.ADULT).exclude(status=Case.Status.CLOSED)
    lines = SituationCase.objects.visible_to(actor).filter(
        Exists(led.filter(~Helped(F("pk")), pk=OuterRef("case"))),
        agreement=SituationCase.Answer.NO,
        case__alert_links__alert__in=alerts,
    )
    lines = list(lines.annotate(alert=F("case__alert_links__alert")))
    events = Situation.objects.visible_to(actor).in_bulk({line.situation_id for line in lines})
    now = {pk: event.data.get("asked") for pk, event in events.items()}
    counted = {(line.alert, line.case_id) for line in lines if not answered_before(line, now.get(line.situation_id))}
    return dict(Counter(alert for alert, _case in counted))
