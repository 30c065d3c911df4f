"""Count what a coordination unit received and asked: rows that its members may open, and nothing else.

For the national one, read what is kept of all cases.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import connection, models
from django.db.models import Aggregate, Count, F, OuterRef, Subquery
from django.db.models.functions import TruncMonth, TruncWeek

from agencies.members.rules import require_national, require_unit
from agencies.models import Agency
from plans.models import PushedFigure
from referral.models import AlertDesk, NationalFigure, Orientation, OrientationMove
from victims.models import Urgency

SILENT = "SELECT agency_id, count(*) FROM nrm.watched() WHERE silent GROUP BY agency_id"


class Percentile(Aggregate):
    """Return the value below which this share of the rows is, NULL left out (percentile_cont of PostgreSQL)."""

    function = "percentile_cont"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = models.DurationField()

    def __init__(self, expression, share: float):
        super().__init__(expression, share=share)


@dataclass(frozen=True)
class Asked:
    """Say what to count: a period, and which alerts of it; an empty text keeps all."""

    since: datetime
    before: datetime
    by_month: bool = False
    territory: str = ""
    form: str = ""
    urgency: str = ""


@dataclass
class Delay:
    """Hold how long an act took. `done` of `count`; `half` of those done and `most` (nine in ten) took at most this."""

    count: int
    done: int
    half: timedelta | None
    most: timedelta | None


@dataclass
class Counted:
    """Hold the figures. `alerts`: by `period` (first day), `form`, `territory`: {value: number}."""

    alerts: dict[str, dict]
    opened: dict[str, Delay]  # by urgency
    answered: dict[str, Delay]
    requests: dict[str, int]  # by state
    accepted: Delay
    declined: dict[str, int]  # by reason
    silent: list[tuple[Agency, int]] = field(default_factory=list)

    @property
    def received(self) -> int:
        return sum(self.alerts["form"].values())

    @property
    def sent(self) -> int:
        return sum(self.requests.values())


def counted(actor, asked: Asked) -> Counted:
    """Return the figures of the actor's unit, in nine statements. Raises NotAllowed."""
    require_unit(actor)
    alerts = _alerts(actor, asked)
    step = TruncMonth if asked.by_month else TruncWeek
    by = {"period": step("received_at"), "form": F("form"), "territory": F("territory_id")}
    requests = Orientation.objects.sent_by(actor).filter(sent_at__gte=asked.since, sent_at__lt=asked.before)
    if asked.urgency:
        requests = requests.filter(urgency=asked.urgency)
    moves = OrientationMove.objects.filter(orientation__in=requests)
    return Counted(
        alerts={name: _numbers(alerts, value) for name, value in by.items()},
        opened=_delays(alerts, F("opened_at") - F("received_at")),
        answered=_delays(alerts, F("answered_at") - F("received_at")),
        requests=_numbers(requests, F("state")),
        accepted=_accepted(requests),
        declined=_numbers(moves.filter(action="decline"), F("reason")),
        silent=_silent(),
    )


def _alerts(actor, asked: Asked) -> models.QuerySet:
    rows = AlertDesk.objects.of(actor).filter(received_at__gte=asked.since, received_at__lt=asked.before)
    kept = {"territory": asked.territory, "form": asked.form, "urgency": asked.urgency}
    return rows.filter(**{name: value for name, value in kept.items() if value})


def _numbers(rows: models.QuerySet, value) -> dict:
    found = rows.order_by().annotate(counted_by=value).values("counted_by").annotate(number=Count("pk"))
    return {row["counted_by"]: row["number"] for row in found.order_by("counted_by")}


def _delays(rows: models.QuerySet, took) -> dict[str, Delay]:
    found = rows.order_by().annotate(took=took).values("urgency").annotate(**_delay("took")).order_by("urgency")
    known = {row["urgency"]: Delay(row["count"], row["done"], row["half"], row["most"]) for row in found}
    return {str(urgency): known[urgency] for urgency in Urgency if urgency in known}


def _accepted(requests: models.QuerySet) -> Delay:
    accepted = OrientationMove.objects.filter(orientation=OuterRef("pk"), action="accept").order_by("at")
    took = Subquery(accepted.values("at")[:1]) - F("sent_at")
    return Delay(**requests.order_by().annotate(took=took).aggregate(**_delay("took")))


def _delay(name: str) -> dict[str, Aggregate]:
    return {
        "count": Count("pk"),
        "done": Count(name),
        "half": Percentile(name, 0.5),
        "most": Percentile(name, 0.9),
    }


def _silent() -> list[tuple[Agency, int]]:
    with connection.cursor() as cursor:
        cursor.execute(SILENT)
        waits = dict(cursor.fetchall())
    known = Agency.objects.filter(pk__in=waits).order_by("name", "pk")
    return sorted(((agency, waits[agency.pk]) for agency in known), key=lambda each: -each[1])


def national_quarters(actor) -> list[date]:
    """Return the first days of the quarters that are kept about all cases, newest first. Raises NotAllowed."""
    require_national(actor)
    days = NationalFigure.objects.visible_to(actor).filter(part=NationalFigure.Part.ALL).order_by("-period_start")
    return list(days.values_list("period_start", flat=True))


def national(actor, first: date) -> tuple[list[NationalFigure], list[PushedFigure]]:
    """Return what is kept of a quarter about all cases, and what public policy says of it. Raises NotAllowed."""
    require_national(actor)
    kept = NationalFigure.objects.visible_to(actor).filter(period_start=first)
    pushed = PushedFigure.objects.filter(period_start=first, territory=None).order_by("metric")
    return list(kept), list(pushed)
