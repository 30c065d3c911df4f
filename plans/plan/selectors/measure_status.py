"""Read the data of a measure that changes after publication: money, progress, opinions.

A version that was replaced keeps what was known until then, so that its document never changes again.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from plans.models import BudgetLine, Envelope, MeasureProgress, PlanVersion, Provenance
from plans.money.selectors import figures as figures_selectors


@dataclass
class Beside:
    """Of one measure: envelopes, each with its `figures` that stand, never added; statements, newest first."""

    envelopes: list[Envelope] = field(default_factory=list)
    progress: list[MeasureProgress] = field(default_factory=list)


def until(version: PlanVersion) -> datetime | None:
    """When the next version came; None for the last one."""
    later = PlanVersion.objects.filter(plan=version.plan_id, number__gt=version.number)
    return later.order_by("number").values_list("at", flat=True).first()


def of_version(version: PlanVersion) -> dict[str, Beside]:
    """What anybody reads beside each measure of a version; a fixed number of queries."""
    codes, end = [measure["code"] for measure in version.content["measures"]], until(version)
    found: dict[str, Beside] = defaultdict(Beside)
    for envelope in envelopes(None, codes, end):
        found[envelope.measure.code].envelopes.append(envelope)
    said = MeasureProgress.objects.filter(measure__code__in=codes).select_related("measure", "agency__profile")
    for statement in said.filter(at__lt=end) if end else said:
        found[statement.measure.code].progress.append(statement)
    return found


def funded(version: PlanVersion) -> set[str]:
    """Codes of the measures for which anybody reads a figure of means beside the version; two queries."""
    codes = [measure["code"] for measure in version.content["measures"]]
    lines = _lines(None, until(version)).filter(envelope__measure__code__in=codes)
    return set(lines.values_list("envelope__measure__code", flat=True))


def envelopes(actor, codes, end: datetime | None = None) -> list[Envelope]:
    """Envelopes of these measures as a reader sees them, each with its figures, newest year first. Four queries."""
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
    """Figures that stand for this reader, or that stood at that moment (`BudgetLineQuerySet.live`)."""
    if end is None:
        return BudgetLine.objects.live(actor)
    seen = BudgetLine.objects.visible_to(actor).filter(at__lt=end)
    seen = seen.filter(~Q(provenance=Provenance.ENTERED) | Q(checked_at__lt=end))
    return seen.filter(~Exists(seen.filter(replaces=OuterRef("pk")))).exclude(exactness="withdrawn")
