"""Draw charts of means: one series over the years, never two on one scale."""

from django.utils.translation import pgettext

from foundation.tables import charts
from plans.money.selectors.figures import Series
from plans.templatetags.money import figure, percent


def over_years(series: Series, label: str) -> charts.Chart:
    """Return a chart with one bar per figure; where sources disagree on a year, one bar for each, named by source."""
    rows = []
    for step in series.changes:
        for line in step.lines:
            year = str(step.year) if len(step.lines) == 1 else f"{step.year} · {line.evidence}"
            rows.append((year, charts.Point(float(line.amount), figure(line), _note(step, line))))
    return charts.bars(
        f"moyens-{series.code}-{series.stage}{series.nature}",
        label,
        rows,
        of=pgettext("money", "Year"),
        what=pgettext("money", "Figure"),
        summary=" ; ".join(f"{year}: {point.shown}" for year, point in rows),
    )


def _note(step, line) -> str:
    """Return what goes with a number in the table: change, disagreement, source."""
    parts = []
    if step.change is not None:
        parts.append(pgettext("money", "%(change)s since the year before known") % {"change": percent(step.change)})
    if len(step.lines) > 1:
        parts.append(pgettext("money", "Sources differ"))
    return " · ".join([*parts, line.evidence] if line.evidence else parts)
