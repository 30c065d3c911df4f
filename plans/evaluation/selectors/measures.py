"""Read the measures of an evaluation as in the version it was made on."""

from plans.models import Evaluation, PlanVersion


def measures_of(evaluation: Evaluation) -> list[dict]:
    """Return the measures of its version; for an evaluation of the pack, of the first version of the plan."""
    version = evaluation.version or evaluation.plan.versions.order_by("number").first()
    return version.content["measures"] if version else []


def axes_of(version: PlanVersion, grid) -> list[dict]:
    """Return the grid by axis, in plan order; measures without an axis come last."""
    axes = [
        {"axis": axis, "rows": [(m, form) for m, form in grid if m["axis"] == axis["code"]]}
        for axis in version.content["axes"]
    ]
    axes.append({"axis": None, "rows": [(m, form) for m, form in grid if m["axis"] is None]})
    return [axis for axis in axes if axis["rows"]]
