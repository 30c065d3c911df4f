"""Read the data of a measure that changes after publication: money and progress.

A replaced version keeps what was known until its replacement, so that its document never changes.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from plans.models import BudgetLine, Envelope, MeasureProgress, PlanVersion, Provenance
from plans.money.selectors import figures as figures_selectors


@dataclass
class MeasureData:
    """Hold the envelopes of one measure, each with its `figures` (never added), and its progress, newest first."""

    envelopes: list[Envelope] = field(default_factory=list)
    progress: list[MeasureProgress] = field(default_factory=list)


def until(version: PlanVersion) -> datetime | None:
    """Return when the next version was made; None for the last one."""
    later = PlanVersion.objects.filter(plan=version.plan_id, number__gt=version.number)
    return later.order_by("number").values_list("at", flat=True).first()


def of_version(version: PlanVersion) -> dict[str, MeasureData]:
    """Return code -> public data of each measure of a version, in a fixed number of queries."""
    codes, end = [measure["code"] for measure in version.content["measures"]], until(version)
    found: dict[str, MeasureData] = defaultdict(MeasureData)
    for envelope in envelopes(None, codes, end):
        found[envelope.measure.code].envelopes.append(envelope)
    reports = MeasureProgress.objects.filter(measure__code__in=codes).select_related("measure", "agency__profile")
    for statement in reports.filter(at__lt=end) if end else reports:
        found[statement.measure.code].progress.append(statement)
    return found


def funded(version: PlanVersion) -> set[str]:
    """Return the codes of the measures of a version with a public figure. Two queries."""
    codes = [measure["code"] for measure in version.content["measures"]]
    lines = _lines(None, until(version)).filter(envelope__measure__code__in=codes)
    return set(lines.values_list("envelope__measure__code", flat=True))


def envelopes(actor, codes, end: datetime | None = None) -> list[Envelope]:
    """Return the envelopes of these measures visible to the actor, with their figures, newest year first.

    `end`: as they were at that time. Four queries.
    """
    found = Envelope.objects.visible_to(actor).filter(measure__code__in=codes).select_related("funder", "measure")
    if end:
        found = found.filter(created_at__lt=end)
    rows = list(found.order_by("label_fr", "code"))
    figures = defaultdict(list)
    lines = _lines(actor, end).filter(envelope__in=rows).select_related("envelope", "body")
    for line in lines.order_by("-year", "stage", "nature", "id"):
        figures[line.envelope_id].append(line)
    for row in rows:
        row.figures = figures_selectors.mark_disputed(figures[row.pk])
    return rows


def _lines(actor, end: datetime | None):
    """Return the lines that apply for this reader (`BudgetLineQuerySet.live`), or that did at `end`."""
    if end is None:
        return BudgetLine.objects.live(actor)
    seen = BudgetLine.objects.visible_to(actor).filter(at__lt=end)
    seen = seen.filter(~Q(provenance=Provenance.ENTERED) | Q(checked_at__lt=end))
    return seen.filter(~Exists(seen.filter(replaces=OuterRef("pk")))).exclude(exactness="withdrawn")
