"""Protect figures that leave the page of those who may count: small numbers are masked, periods have ended."""

from datetime import date, timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from plans.models import FigureCode, FigureUnit
from plans.models.figures import SMALL, UNITS

QUARTERS = 4  # number of past quarters for which a missed push is made up
SETTLED = timedelta(days=2)  # the protection of a child received on the last day is known one day later


def ended_quarters(today: date) -> list[date]:
    """Return the first days of the last QUARTERS settled quarters, oldest first."""
    day = today - SETTLED
    running = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    return [running - relativedelta(months=3 * n) for n in range(QUARTERS, 0, -1)]


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
