"""Protect figures that leave the page of those who may count: small numbers are masked, periods have ended."""

from datetime import date, timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from plans.models import FigureCode, FigureUnit
from plans.models.figures import SMALL, UNITS
from referral.models.figures import FEW, STEP

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


def protected_division(counts: dict[str, int]) -> dict[str, int | None] | None:
    """Return the counts of all situations divided one way, rounded; None where masked. The whole is None when no count
    may be said.

    For readers who know the rule, all that was ever said, and some situations whole. So a count below FEW is masked,
    none included, and the others are rounded: the edge at which a masked count would be known is then above ten. At
    least three are masked, or none: who knows one of them, as a unit its own territory, learns no other. When there are
    no three, the division is withheld, and not the number of all, which another division would give away.
    """
    hidden = {code for code, n in counts.items() if n < FEW}
    spare = sorted((code for code, n in counts.items() if n >= FEW), key=lambda code: (counts[code], code))
    while 0 < len(hidden) < 3:
        if not spare:
            return None
        hidden.add(spare.pop(0))
    return {code: None if code in hidden else rounded(n) for code, n in counts.items()}


def rounded(number: int) -> int | None:
    """Return a number of situations to the nearest multiple of STEP; None below FEW."""
    return None if number < FEW else STEP * round(number / STEP)


def _computable(masked: list[int]) -> bool:
    """Return whether the sum of masked counts says too much of one of them.

    A masked count is one at least, so eleven of them that make eleven are one each: each must be able to be ten.
    """
    return bool(masked) and (len(masked) < 2 or sum(masked) < len(masked) + SMALL - 2)


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
