"""Push figures for public policy to `plans`: counted by the worker in system mode, protected here.

Per ended quarter: counts by region and for the country, national medians and shares. Never: a count from 1 to 10, a
count from which such a one can be computed, anything about a running period.
"""

from collections import Counter
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from statistics import median

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from agencies.models import Territory
from plans.models import FigureCode, PushedFigure
from plans.publication.operations.figures import Figure, push
from referral.survey.rules import ended_quarters, protected_counts, protected_measure
from referral.survey.selectors import period


def push_ended() -> int:
    """Push settled quarters not pushed yet; return the number of figures.

    A pushed quarter never changes: a case erased later must not show.
    """
    said = set(PushedFigure.objects.values_list("period_start", flat=True).distinct())
    return sum(push(figures_of(start)) for start in ended_quarters(timezone.localdate()) if start not in said)


def figures_of(start: date) -> list[Figure]:
    """Return the protected figures of the quarter that begins on this day."""
    after = start + relativedelta(months=3)
    since, till = (timezone.make_aware(datetime.combine(day, time.min)) for day in (start, after))
    counts, measures = _counted(since, till)
    places = list(
        Territory.objects.filter(region=None).exclude(sort=Territory.Sort.DEPARTMENT).values_list("code", flat=True)
    )
    found = []
    for metric in FigureCode:
        if metric in counts:
            by_place = counts[metric]
            values = protected_counts({None: by_place.total(), **dict.fromkeys(places, 0), **by_place})
        else:
            values = protected_measure(metric, *measures[metric])
        found += [Figure(metric, start, after - timedelta(days=1), value, place) for place, value in values.items()]
    return found


def _counted(since: datetime, till: datetime) -> tuple[dict[FigureCode, Counter], dict[FigureCode, tuple]]:
    """Return the counts by place, and the measures of the country as (situations, value). Neither leaves the module."""
    waits, times = period.waits_until_accepted(since, till), period.times_to_answer(since, till)
    children = period.children_received(since, till)
    protected = Counter(place for place, in_time in children if in_time)
    counts = {
        FigureCode.ORIENTED: Counter(place for place, _wait in waits),
        FigureCode.REFUSED_NO_PLACE: period.refused_cases(since, till),
        FigureCode.CHILDREN_PROTECTED: protected,
        FigureCode.PLACES_DECLARED: period.places_declared(since, till),
    }
    share = Decimal(100 * protected.total()) / len(children) if children else None
    measures = {
        FigureCode.HOURS_TO_ACCEPTED: (len(waits), _median_hours([wait for _place, wait in waits])),
        FigureCode.HOURS_TO_ANSWER: (len(times), _median_hours(times)),
        FigureCode.CHILDREN_PROTECTED_SHARE: (len(children), share),
    }
    return counts, measures


def _median_hours(times: list[timedelta]) -> Decimal | None:
    return Decimal(median(times).total_seconds()) / 3600 if times else None
