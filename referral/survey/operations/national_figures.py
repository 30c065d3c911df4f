"""Keep what the national coordination reads about all cases: counted by the worker in system mode, protected, once.

Nobody counts all cases at the moment of reading: no filter, no running period and no second count, so that nothing can
be learned by asking twice (docs/decisions/0064).
"""

from datetime import date, datetime, time

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from agencies.models import Territory
from foundation.actor import SYSTEM, current
from foundation.workflow import NotAllowed
from indicators.codes.selectors import FORMS, choices
from referral.models import NationalFigure
from referral.survey.rules import ended_quarters, protected_division, rounded
from referral.survey.selectors import period
from victims.models import AgeSide

Part = NationalFigure.Part
COLUMNS = {Part.FORM: "form", Part.TERRITORY: "territory", Part.AGE: "age_side"}


def keep_national() -> int:
    """Keep the settled quarters that are not kept yet; return the number of figures. Raises NotAllowed for others."""
    if current() != SYSTEM:
        raise NotAllowed("national")
    said = set(NationalFigure.objects.values_list("period_start", flat=True).distinct())
    found = [row for start in ended_quarters(timezone.localdate()) if start not in said for row in figures_of(start)]
    return len(NationalFigure.objects.bulk_create(found))


def figures_of(start: date) -> list[NationalFigure]:
    """Return the protected figures of the quarter that begins on this day, not written yet."""
    after = start + relativedelta(months=3)
    since, till = (timezone.make_aware(datetime.combine(day, time.min)) for day in (start, after))
    counts = period.situations_received(since, till)
    said: list[tuple[Part, str, int | None]] = [(Part.ALL, "", rounded(counts["age_side"].total()))]
    for part, codes in _codes().items():
        counted = counts[COLUMNS[part]]
        division = protected_division({**dict.fromkeys(codes, 0), **counted})
        said += [(part, "", None)] if division is None else [(part, code, n) for code, n in division.items()]
    return [NationalFigure(period_start=start, part=p, code=c, value=n, masked=n is None) for p, c, n in said]


def _codes() -> dict[Part, list[str]]:
    """Return what each division is divided in: a part without a situation is masked as one with a few."""
    places = Territory.objects.exclude(sort=Territory.Sort.REGION).values_list("code", flat=True)
    return {
        Part.FORM: [code for code, _label in choices(FORMS)],
        Part.TERRITORY: list(places),
        Part.AGE: AgeSide.values,
    }
