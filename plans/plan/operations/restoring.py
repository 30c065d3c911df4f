"""Restore the working rows of a plan to its last version, when an amendment is abandoned."""

from django.utils import timezone

from plans.models import Axis, Commitment, Measure, Metric, Plan, YearStep
from plans.plan.selectors.content import AXIS_FIELDS, MEASURE_FIELDS, METRIC_FIELDS, STEP_FIELDS, published

# identity and provenance of a plan are not restored
_PLAN_FIELDS = (
    "number", "title_fr", "title_en", "summary_fr", "summary_en", "lead_id", "start", "end", "measures_announced",
    "axes_announced",
)  # fmt: skip


def restore(plan: Plan) -> None:
    """Restore all rows. Measures added since are withdrawn, not deleted: others may refer to them."""
    content = published(plan)
    _write(plan, content["plan"], _PLAN_FIELDS)
    axes = _axes(plan, content["axes"])
    kept = {measure.code: measure for measure in plan.measures.all()}
    for entry in content["measures"]:
        _measure(kept.pop(entry["code"]), entry, axes)
    for measure in kept.values():
        if measure.withdrawn_at is None:
            measure.axis = None
            measure.withdrawn_at, measure.withdrawn_reason = timezone.now(), "Modification abandonnée"
            measure.save(update_fields=["axis", "withdrawn_at", "withdrawn_reason"])
    plan.axes.exclude(pk__in=[axis.pk for axis in axes.values()]).delete()


def _write(row, entry: dict, names, **more) -> None:
    for name in names:
        # versions made before a field existed do not hold it
        setattr(row, name, _value(row, name, entry.get(name.removesuffix("_id"))))
    for name, value in more.items():
        setattr(row, name, value)
    row.save(update_fields=[*(name.removesuffix("_id") for name in names), *more])


def _value(row, name, plain):
    return row._meta.get_field(name.removesuffix("_id")).to_python(plain) if not name.endswith("_id") else plain


def _axes(plan, entries: list[dict]) -> dict[str, Axis]:
    stored = {axis.code: axis for axis in plan.axes.all()}
    for entry in entries:
        axis = stored.get(entry["code"]) or Axis(plan=plan, code=entry["code"], number=entry["number"])
        if axis.pk is None:
            axis.save()
        _write(axis, entry, [name for name in AXIS_FIELDS if name != "code"])
        stored[entry["code"]] = axis
    return {entry["code"]: stored[entry["code"]] for entry in entries}


def _measure(measure: Measure, content: dict, axes: dict[str, Axis]) -> None:
    names = [name for name in MEASURE_FIELDS if name != "code"]
    back = {"axis": axes.get(content["axis"]), "withdrawn_at": None, "withdrawn_reason": ""}
    _write(measure, content, names, **back)
    measure.partners.set(content["partners"])
    measure.commitments.set(Commitment.objects.filter(pk__in=content["commitments"]))
    _metrics(measure, content["metrics"])
    measure.steps.all().delete()
    for entry in content.get("steps", []):
        step = YearStep(measure=measure)
        for name in STEP_FIELDS:
            setattr(step, name, _value(step, name, entry[name]))
        step.save()


def _metrics(measure: Measure, entries: list[dict]) -> None:
    """Restore metrics by their label, which does not change once they have values (operations/measures.py)."""
    stored = {metric.label_fr: metric for metric in measure.metrics.all()}
    for entry in entries:
        metric = stored.pop(entry["label_fr"], None) or Metric(measure=measure)
        for name in METRIC_FIELDS:
            setattr(metric, name, _value(metric, name, entry[name]))
        metric.save()
    Metric.objects.filter(pk__in=[metric.pk for metric in stored.values()]).delete()
