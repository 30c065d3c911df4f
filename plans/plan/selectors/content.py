"""Read a plan as one document: the content that versions, pages, tables, files and PDF are made of."""

import hashlib
import json
from decimal import Decimal

from plans.models import Plan

# fmt: off
PLAN_FIELDS = (
    "code", "kind", "number", "title_fr", "title_en", "summary_fr", "summary_en", "lead_id", "start", "end",
    "measures_announced", "axes_announced", "provenance", "source", "note_fr", "note_en",
)
AXIS_FIELDS = ("code", "number", "title_fr", "title_en", "provenance")
MEASURE_FIELDS = (
    "code", "number", "place", "title_fr", "title_en", "text_fr", "text_en", "lead_id", "start", "end", "not_funded",
    "not_funded_reason", "procedures", "tags", "provenance", "source", "note_fr", "note_en",
    "vouched_by_id", "vouched_on",
)
STEP_FIELDS = ("year", "text", "cost")
METRIC_FIELDS = ("label_fr", "label_en", "unit", "baseline", "baseline_on", "target", "target_on", "feed")
# fmt: on


def content_of(plan: Plan) -> dict:
    """Return the working rows of a plan: {"plan": {...}, "axes": [...], "measures": [...]}. Ten queries."""
    using = plan._state.db
    measures = (
        plan.measures.using(using)
        .filter(withdrawn_at=None)
        .select_related("axis", "carried_from")
        .prefetch_related("partners", "metrics", "commitments", "steps", "envelopes")
        .order_by("axis__number", "place", "code")
    )
    return {
        "plan": _fields(plan, PLAN_FIELDS),
        "axes": [_fields(axis, AXIS_FIELDS) for axis in plan.axes.using(using).order_by("number")],
        "measures": [measure_content(measure) for measure in measures],
    }


def measure_content(measure) -> dict:
    """Return one measure as in `content_of`. Related rows should be prefetched."""
    return {
        **_fields(measure, MEASURE_FIELDS),
        "axis": measure.axis.code if measure.axis else None,
        "carried_from": measure.carried_from.code if measure.carried_from else None,
        "partners": sorted(partner.pk for partner in measure.partners.all()),
        "commitments": sorted(commitment.pk for commitment in measure.commitments.all()),
        "envelopes": sorted(envelope.code for envelope in measure.envelopes.all()),
        "steps": [_fields(step, STEP_FIELDS) for step in measure.steps.all()],
        "metrics": [_fields(metric, METRIC_FIELDS) for metric in measure.metrics.all()],
    }


def published(plan: Plan) -> dict | None:
    """Return the content of the last version of a plan, which the public reads; None before the first."""
    return plan.versions.using(plan._state.db).order_by("-number").values_list("content", flat=True).first()


def _fields(row, names) -> dict:
    return {name.removesuffix("_id"): _plain(getattr(row, name)) for name in names}


def _plain(value):
    """Convert to JSON: a date in ISO 8601, an amount as text, so that no digit is lost."""
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def checksum(content: dict) -> str:
    """Return the SHA-256 of the canonical JSON: sorted keys, no spaces, UTF-8. Anybody can compute it again."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
