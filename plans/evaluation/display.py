"""Draw the crossing: for each evaluator, how many measures are done, under way, not done, or without opinion."""

from django.utils.translation import gettext as _

from foundation.tables.charts import Chart, Point, stacked
from plans.evaluation.selectors.crossing import Crossing
from plans.models import MeasureStatus as S

PARTS = ((S.DONE,), (S.PARTIAL, S.STARTED), (S.PLANNED, S.NOT_DONE, S.ABANDONED))


def chart(crossing: Crossing) -> Chart:
    """Return a stacked bar per evaluator."""
    names = [str(S.DONE.label), _("Started or partly done"), _("Planned, not done or abandoned"), _("Opinion missing")]
    rows = []
    for line in crossing.by_evaluator:
        counts = {count["status"]: count["count"] for count in line["counts"]}
        sums = [sum(counts[status] for status in part) for part in PARTS] + [line["missing"]]
        rows.append((line["evaluator"].short, [Point(n, str(n)) for n in sums]))
    compared = sum(1 for row in crossing.rows if len(row.statuses) > 1)
    summary = _("%(said)d of %(all)d measures have two opinions or more.") % {
        "said": compared,
        "all": len(crossing.rows),
    }
    title = _("Number of measures by opinion, for each evaluator")
    return stacked("avis", title, names, rows, of=_("Evaluator"), summary=summary)
