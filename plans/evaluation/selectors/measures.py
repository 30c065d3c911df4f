"""The measures an evaluation speaks of, in the words of the version it was made on."""

from plans.models import Evaluation, PlanVersion


def measures_of(evaluation: Evaluation) -> list[dict]:
    """Of its version; of the plan's first one for an evaluation of the pack, made before any version here."""
    version = evaluation.version or evaluation.plan.versions.order_by("number").first()
    return version.content["measures"] if version else []


def axes_of(version: PlanVersion, grid) -> list[dict]:
    """The grid by axis, in the order of the plan; what has no axis comes last."""
    axes = [
        {"axis": axis, "rows": [(m, form) for m, form in grid if m["axis"] == axis["code"]]}
        for axis in version.content["axes"]
    ]
    axes.append({"axis": None, "rows": [(m, form) for m, form in grid if m["axis"] is None]})
    return [axis for axis in axes if axis["rows"]]
