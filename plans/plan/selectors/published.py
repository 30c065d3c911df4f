"""Plans and measures in the words of the last version, while their rows are being written: what a public page says of
them outside their own page.

The ordinary case costs nothing: rows that nobody may write are the last version (`Plan.is_open`).
"""

from collections.abc import Iterable

from django.urls import reverse

from agencies.models import Directory
from plans.models import Decision, Measure, Plan, PlanVersion

PLAN_WORDS = ("title_fr", "title_en", "summary_fr", "summary_en")
MEASURE_WORDS = ("title_fr", "title_en", "text_fr", "text_en", "not_funded", "not_funded_reason")


def plans_as_published(plans: Iterable[Plan]) -> list[Plan]:
    found = list(plans)
    said = _last({plan.pk for plan in found if plan.is_open})
    for plan in found:
        if plan.pk in said:
            _say(plan, said[plan.pk]["plan"], PLAN_WORDS)
    return found


def measures_as_published(measures: Iterable[Measure]) -> list[Measure]:
    """Read with their plan. Title, text, lead and what is said of their money; the plan's own title with them."""
    found = list(measures)
    said = _last({measure.plan_id for measure in found if measure.plan.is_open})
    leads: dict[int, str | None] = {}
    for measure in found:
        content = said.get(measure.plan_id)
        if content is None:
            continue
        _say(measure.plan, content["plan"], PLAN_WORDS)
        entry = next((entry for entry in content["measures"] if entry["code"] == measure.code), None)
        if entry is not None:
            _say(measure, entry, MEASURE_WORDS)
            leads[measure.pk] = entry["lead"]
    bodies = Directory.objects.in_bulk(set(leads.values()) - {None}) if leads else {}
    for measure in found:
        if measure.pk in leads:
            measure.lead = bodies.get(leads[measure.pk])
    return found


def linked_measures(measures: Iterable[Measure]) -> list[Measure]:
    """With `href`, the page where the public reads each: none until a version names it."""
    found = list(measures)
    said = _last({measure.plan_id for measure in found})
    codes = {plan: {entry["code"] for entry in content["measures"]} for plan, content in said.items()}
    for measure in found:
        named = measure.code in codes.get(measure.plan_id, ())
        measure.href = reverse("policy:measure", args=[measure.plan.code, measure.code]) if named else ""
    return found


def decisions_as_published(decisions) -> list[Decision]:
    """With `measure_href`. A measure that no version holds yet is not named, not even to a member who could read it."""
    found = list(decisions)
    named = {decision.measure_id for decision in found if decision.measure_id}
    public = Measure.objects.public().filter(pk__in=named).select_related("plan") if named else []
    said = {measure.pk: measure for measure in measures_as_published(public)}
    for decision in found:
        measure = decision.measure = said.get(decision.measure_id)
        decision.measure_href = reverse("policy:measure", args=[measure.plan.code, measure.code]) if measure else ""
    return found


def _last(plans: set[int]) -> dict[int, dict]:
    if not plans:
        return {}
    versions = PlanVersion.objects.filter(plan__in=plans).order_by("plan_id", "-number").distinct("plan_id")
    return dict(versions.values_list("plan_id", "content"))


def _say(row, entry: dict, names: tuple[str, ...]) -> None:
    for name in names:
        setattr(row, name, entry[name])
