"""Push figures for public policy to `plans`: counted in SQL by the worker, protected here.

Per ended quarter: counts by region and for the country, national medians and shares. Never: a count from 1 to 10, a
count from which such a one can be computed, anything about a running period.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from django.db import connection
from django.utils import timezone

from agencies.models import Territory
from plans.models import FigureCode, FigureUnit, PushedFigure
from plans.models.figures import COUNTS, SMALL, UNITS
from plans.publication.operations.figures import Figure, push

QUARTERS = 4  # number of past quarters for which a missed push is made up
SETTLED = timedelta(days=2)  # the protection of a child received on the last day is known one day later


@dataclass(frozen=True)
class Counted:
    """Hold a line of nrm.policy_figures: `value`, computed from `counted` situations. Never leaves this module."""

    metric: FigureCode
    territory: str | None
    counted: int
    value: Decimal | None


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
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM nrm.policy_figures(%s, %s)", [start, after])
        lines = [Counted(FigureCode(metric), *rest) for metric, *rest in cursor.fetchall()]
    places = list(
        Territory.objects.filter(region=None).exclude(sort=Territory.Sort.DEPARTMENT).values_list("code", flat=True)
    )
    found = []
    for metric in FigureCode:
        mine = [line for line in lines if line.metric == metric]
        if UNITS[metric] in COUNTS:
            values = protected_counts({None: 0, **dict.fromkeys(places, 0), **{c.territory: c.counted for c in mine}})
        else:
            values = protected_measure(metric, mine)
        found += [Figure(metric, start, after - timedelta(days=1), value, place) for place, value in values.items()]
    return found


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


def protected_measure(metric: FigureCode, lines: Iterable[Counted]) -> dict[None, Decimal | None]:
    """Return a median or a share for the country; empty without a situation.

    Masked below eleven situations; a share also when those it counts, or the others, are fewer than eleven.
    """
    line = next(iter(lines))
    if line.value is None:
        return {}
    small = 0 < line.counted < SMALL
    if UNITS[metric] == FigureUnit.PERCENT:
        inside = round(line.value * line.counted / 100)
        small = small or any(0 < n < SMALL for n in (inside, line.counted - inside))
    return {None: None if small else line.value.quantize(Decimal("0.1"))}
