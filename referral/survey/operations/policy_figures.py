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
from plans.models import FigureCode, FigureUnit, PushedFigure
from plans.models.figures import SMALL, UNITS
from plans.publication.operations.figures import Figure, push
from referral.survey.selectors import period

QUARTERS = 4  # number of past quarters for which a missed push is made up
SETTLED = timedelta(days=2)  # the protection of a child received on the last day is known one day later


def push_ended() -> int:
    """Push settled quarters not pushed yet; return the number of figures.

    A pushed quarter never changes: a case erased later must not show.
    """
    said = set(PushedFigure.objects.values_list("period_start", flat=True).distinct())
    return sum(push(figures_of(start)) for start in ended_quarters(timezone.localdate()) if start not in said)


def ended_quarters(today: date) -> list[date]:
    """Return the first days of the last QUARTERS settled quarters, oldest first."""
    day = today - SETTLED
    running = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    return [running - relativedelta(months=3 * n) for n in range(QUARTERS, 0, -1)]


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


def protected_counts(counts: dict[str | None, int]) -> dict[str | None, Decimal | None]:
    """Return counts by place, and for the country (key None); None where masked.

    A count from 1 to 10 is masked; then others, smallest first, until the masked ones cannot be computed from the rest:
    at least two places and eleven situations together. When no other place is left, the country is masked.
    """
    hidden = {place for place, n in counts.items() if 0 < n < SMALL}
    places = sorted((p for p in counts if p is not None), key=lambda p: (counts[p], p))
    spare = [p for p in places if counts[p] >= SMALL]
    while None not in hidden and _computable([counts[p] for p in places if p in hidden]):
        hidden.add(spare.pop(0) if spare else None)
    return {place: None if place in hidden else Decimal(n) for place, n in counts.items()}


def _computable(masked: list[int]) -> bool:
    return bool(masked) and (len(masked) < 2 or sum(masked) < SMALL)


def protected_measure(metric: FigureCode, counted: int, value: Decimal | None) -> dict[None, Decimal | None]:
    """Return a median or a share of `counted` situations, for the country; empty without a situation.

    Masked below eleven situations; a share also when those it counts, or the others, are fewer than eleven.
    """
    if value is None:
        return {}
    small = 0 < counted < SMALL
    if UNITS[metric] == FigureUnit.PERCENT:
        inside = round(value * counted / 100)
        small = small or any(0 < n < SMALL for n in (inside, counted - inside))
    return {None: None if small else value.quantize(Decimal("0.1"))}
