"""Show plans to the public: versions only, never what is being written."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from indicators.models import Procedure
from plans.evaluation.selectors.crossing import on_measure
from plans.models import Decision, Measure, Plan, PlanVersion, PushedFigure
from plans.plan.display.content import linked_commitments, names, names_of_changes, readable, shown, steps_by_year
from plans.plan.documents import missing_words
from plans.plan.rules import gate
from plans.plan.rules.changes import changes
from plans.plan.selectors import measure_status
from plans.plan.selectors.published import plans_as_published


def _plan(code) -> Plan:
    """Return a public plan, as published. Raises Http404 for a draft."""
    found = plans_as_published(Plan.objects.visible_to(None).filter(code=code))
    if not found:
        raise Http404
    return found[0]


def _version(plan, number=None) -> PlanVersion | None:
    versions = plan.versions.order_by("-number")
    return versions.first() if number is None else versions.filter(number=number).first()


@login_not_required
@require_safe
def plan(request, code):
    found = _plan(code)
    return render(request, "plans/plan/public/plan.html", _page(found, _version(found)))


def _page(plan, version) -> dict:
    content = version and version.content
    extra = content and {
        "shown": shown(plan, content, funded=measure_status.funded(version)),
        "missing": missing_words(content),
    }
    return {"plan": plan, "version": version, **(extra or {})}


@login_not_required
@require_safe
def versions(request, code):
    found = _plan(code)
    listed = list(found.versions.defer("content").order_by("-number"))
    return render(request, "plans/plan/public/versions.html", {"plan": found, "versions": listed})


@login_not_required
@require_safe
def version(request, code, number):
    """Show a plan as of one version, with the report of its gate."""
    found = _plan(code)
    kept = _version(found, number)
    if kept is None:
        raise Http404
    report = gate.in_words(kept.content, kept.gate)
    context = {**_page(found, kept), "report": report, "last": _version(found)}
    return render(request, "plans/plan/public/plan.html", context)


@login_not_required
@require_safe
def years(request, code):
    """Show what is done each year, with its cost when known: the yearly strategic plan."""
    found = _plan(code)
    kept = _version(found)
    if kept is None:
        raise Http404
    by_year, without_step = steps_by_year(kept.content)
    context = {"plan": found, "version": kept, "years": by_year, "silent": without_step, "names": names(kept.content)}
    return render(request, "plans/plan/public/plan_years.html", context)


@login_not_required
@require_safe
def differences(request, code, number):
    """Show the changes a version made to the one before."""
    found = _plan(code)
    after, before = _version(found, number), _version(found, number - 1) if number > 1 else None
    if after is None or before is None:
        raise Http404
    found_changes = changes(before.content, after.content, names_of_changes(before.content, after.content))
    context = {"plan": found, "after": after, "before": before, "changes": found_changes}
    return render(request, "plans/plan/public/version_changes.html", context)


@login_not_required
@require_safe
def measure(request, code, measure):
    found = _plan(code)
    kept = _version(found)
    content = next((m for m in kept.content["measures"] if m["code"] == measure), None) if kept else None
    if content is None:
        raise Http404
    row = Measure.objects.visible_to(None).get(code=measure)
    envelopes = measure_status.envelopes(None, [measure])
    context = {
        "plan": found,
        "version": kept,
        "measure": readable(content),
        "axis": next((axis for axis in kept.content["axes"] if axis["code"] == content["axis"]), None),
        "names": names({"plan": kept.content["plan"], "measures": [content]}),
        "lacks": _lacks(found, content, envelopes),
        "metrics": _metrics(row, content),
        "commitments": linked_commitments(content),
        "procedures": Procedure.objects.filter(pk__in=content["procedures"]),
        "envelopes": envelopes,
        "opinions": on_measure(found, measure),
        "decisions": Decision.objects.published().filter(measure=row),
        "progress": row.progress.select_related("agency__profile"),
        "carried_from": row.carried_from if content["carried_from"] else None,
    }
    return render(request, "plans/plan/public/measure.html", context)


def _lacks(plan, content, envelopes) -> list[str]:
    """Return what the plan does not say of a measure, or, while its list is not complete, what is not recorded."""
    words = gate.LACKS if plan.is_recorded else gate.UNRECORDED
    return [words[name] for name in gate.lacks(content) if not (name == "envelope" and envelopes)]


def _metrics(row, content) -> list[tuple]:
    """Return each published metric with the values entered for it and the figures pushed."""
    stored = {metric.label_fr: metric for metric in row.metrics.prefetch_related("values__agency__profile")}
    feeds = {metric["feed"] for metric in content["metrics"] if metric["feed"]}
    pushed: dict = {}
    for figure in PushedFigure.objects.filter(metric__in=feeds, territory=None).order_by("-period_start"):
        pushed.setdefault(figure.metric, []).append(figure)
    return [
        (
            readable(metric),
            list(stored[metric["label_fr"]].values.all()) if metric["label_fr"] in stored else [],
            pushed.get(metric["feed"], [])[:8],
        )
        for metric in content["metrics"]
    ]
