"""Show plans and measures as last published while their rows are being edited, outside their own page.

Rows of a plan that is not open equal the last version (`Plan.is_open`): no query then.
"""

from collections.abc import Iterable

from django.urls import reverse

from agencies.models import Directory
from plans.models import Decision, Measure, Plan, PlanVersion

PLAN_WORDS = ("title_fr", "title_en", "summary_fr", "summary_en")
MEASURE_WORDS = ("title_fr", "title_en", "text_fr", "text_en", "not_funded", "not_funded_reason")


def plans_as_published(plans: Iterable[Plan]) -> list[Plan]:
    """Return the plans with the texts of their last version."""
    found = list(plans)
    contents = _last({plan.pk for plan in found if plan.is_open})
    for plan in found:
        if plan.pk in contents:
            _set(plan, contents[plan.pk]["plan"], PLAN_WORDS)
    return found


def measures_as_published(measures: Iterable[Measure]) -> list[Measure]:
    """Return the measures with the texts, lead and funding of the last version; needs `plan` selected."""
    found = list(measures)
    contents = _last({measure.plan_id for measure in found if measure.plan.is_open})
    leads: dict[int, str | None] = {}
    for measure in found:
        content = contents.get(measure.plan_id)
        if content is None:
            continue
        _set(measure.plan, content["plan"], PLAN_WORDS)
        entry = next((entry for entry in content["measures"] if entry["code"] == measure.code), None)
        if entry is not None:
            _set(measure, entry, MEASURE_WORDS)
            leads[measure.pk] = entry["lead"]
    bodies = Directory.objects.in_bulk(set(leads.values()) - {None}) if leads else {}
    for measure in found:
        if measure.pk in leads:
            measure.lead = bodies.get(leads[measure.pk])
    return found


def linked_measures(measures: Iterable[Measure]) -> list[Measure]:
    """Return the measures with `href`, their public page, empty until a version names them."""
    found = list(measures)
    contents = _last({measure.plan_id for measure in found})
    codes = {plan: {entry["code"] for entry in content["measures"]} for plan, content in contents.items()}
    for measure in found:
        named = measure.code in codes.get(measure.plan_id, ())
        measure.href = reverse("policy:measure", args=[measure.plan.code, measure.code]) if named else ""
    return found


def decisions_as_published(decisions) -> list[Decision]:
    """Return the decisions with `measure_href`.

    A measure that is in no version is not named, even to a member who may read it.
    """
    found = list(decisions)
    named = {decision.measure_id for decision in found if decision.measure_id}
    public = Measure.objects.public().filter(pk__in=named).select_related("plan") if named else []
    shown = {measure.pk: measure for measure in measures_as_published(public)}
    for decision in found:
        measure = decision.measure = shown.get(decision.measure_id)
        decision.measure_href = reverse("policy:measure", args=[measure.plan.code, measure.code]) if measure else ""
    return found


def _last(plans: set[int]) -> dict[int, dict]:
    if not plans:
        return {}
    versions = PlanVersion.objects.filter(plan__in=plans).order_by("plan_id", "-number").distinct("plan_id")
    return dict(versions.values_list("plan_id", "content"))


def _set(row, entry: dict, names: tuple[str, ...]) -> None:
    for name in names:
        setattr(row, name, entry[name])
