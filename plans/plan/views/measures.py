"""Show and edit measures: the measure itself, its metrics, its yearly steps, its progress."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from foundation.workflow import NotAllowed
from indicators.models import Procedure
from plans.evaluation.selectors.crossing import on_measure
from plans.models.bodies import is_state
from plans.models.coordination import coordinates
from plans.money.selectors import figures
from plans.plan.display.content import words_of_lacks
from plans.plan.forms.measures import MeasureForm, MetricForm, ProgressForm, StepForm, ValueForm, WithdrawForm
from plans.plan.operations import measures, plans
from plans.plan.rules import gate
from plans.plan.selectors import measure_status
from plans.plan.selectors.content import measure_content
from plans.steering.views.guards import policy_only

from .plans import late


@policy_only
@require_safe
def measure_detail(request, code):
    measure = measures.visible_measure(request.actor, code)
    return render(request, "plans/plan/measure_detail.html", _shown(request.actor, measure))


def _shown(actor, measure) -> dict:
    words = words_of_lacks(measure.plan)
    return {
        "measure": measure,
        "plan": measure.plan,
        "partners": measure.partners.all(),
        "metrics": measure.metrics.prefetch_related("values"),
        "steps": measure.steps.all(),
        "commitments": measure.commitments.select_related("body"),
        "procedures": Procedure.objects.filter(pk__in=measure.procedures),
        "envelopes": measure_status.envelopes(actor, [measure.code]),
        "opinions": on_measure(measure.plan, measure.code),
        "progress": measure.progress.select_related("agency"),
        "lacks": [words[name] for name in gate.lacks(measure_content(measure), figures.costed())],
        "unrecorded": words is gate.UNRECORDED,
        "writes": measures.may_write(actor, measure, measure.plan),
        "pays": is_state(actor),
        "reports": measures.may_report(actor, measure) and measures.is_reported(measure),
        "coordinates": coordinates(actor) and measure.plan.is_open,
        "withdraw": WithdrawForm(),
    }


@policy_only
@require_http_methods(["GET", "POST"])
def measure_new(request, code):
    plan = plans.visible_plan(request.actor, code)
    coordination = coordinates(request.actor)
    if not (coordination or is_state(request.actor)):
        raise NotAllowed("lead")
    axis = plan.axes.filter(pk=request.GET.get("axe") or 0).first() if request.GET.get("axe", "0").isdigit() else None
    form = MeasureForm(request.POST or None, plan=plan, coordination=coordination, initial={"axis": axis})
    if form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if name != "seen"}
        made = measures.add_measure(request.actor, code, **given)
        messages.success(request, _("Measure added. Say now how it will be measured."))
        return redirect("plans:measure-detail", made.code)
    return render(request, "plans/plan/measure_edit.html", {"plan": plan, "form": form})


@policy_only
@require_http_methods(["GET", "POST"])
def measure_edit(request, code):
    """Edit a measure; when somebody else edited it meanwhile, answer 409 with both texts.

    What was typed is kept and may be submitted again.
    """
    measure = measures.own_measure(request.actor, code)
    coordination = coordinates(request.actor)
    stored = MeasureForm.initial_of(measure)
    form = MeasureForm(request.POST or None, plan=measure.plan, coordination=coordination, initial=stored)
    differences = None
    if form.is_valid():
        try:
            measures.edit_measure(request.actor, code, **form.cleaned_data)
        except plans.Stale:
            differences = late(form, stored)
        else:
            messages.success(request, _("Recorded."))
            return redirect("plans:measure-detail", code)
    context = {"plan": measure.plan, "measure": measure, "form": form, "stands": differences}
    return render(request, "plans/plan/measure_edit.html", context, status=409 if differences is not None else 200)


@policy_only
@require_http_methods(["GET", "POST"])
def measure_metric(request, code, pk=0):
    """Add, edit or remove a metric; one with values cannot be removed."""
    measure = measures.own_measure(request.actor, code)
    metric = measure.metrics.filter(pk=pk).first()
    if pk and metric is None:
        raise Http404
    if pk and request.POST.get("act") == "remove":
        measures.remove_metric(request.actor, code, pk)
        return _back(request, code)
    form = MetricForm(request.POST or None, initial=MetricForm.initial_of(metric) if metric else None)
    if form.is_valid():
        measures.save_metric(request.actor, code, pk or None, **form.cleaned_data)
        return _back(request, code)
    followed = metric is not None and metric.values.exists()
    context = {"measure": measure, "plan": measure.plan, "metric": metric, "form": form, "followed": followed}
    return render(request, "plans/plan/metric_edit.html", context)


def _back(request, code):
    messages.success(request, _("Recorded."))
    return redirect("plans:measure-detail", code)


@policy_only
@require_http_methods(["GET", "POST"])
def measure_steps(request, code):
    measure = measures.own_measure(request.actor, code)
    pk = request.POST.get("remove", "")
    if pk.isdigit():
        measures.remove_step(request.actor, code, int(pk))
        messages.success(request, _("Recorded."))
        return redirect("plans:measure-steps", code)
    form = StepForm(request.POST or None, initial=_step(measure, request.GET.get("annee", "")))
    if form.is_valid():
        measures.save_step(request.actor, code, **form.cleaned_data)
        messages.success(request, _("Recorded."))
        return redirect("plans:measure-steps", code)
    context = {"measure": measure, "plan": measure.plan, "steps": measure.steps.all(), "form": form}
    return render(request, "plans/plan/measure_steps.html", context)


def _step(measure, year: str) -> dict:
    step = measure.steps.filter(year=year).first() if year.isdigit() else None
    return {"year": step.year, "text": step.text, "cost": step.cost} if step else {}


@policy_only
@require_http_methods(["GET", "POST"])
def measure_progress(request, code):
    measure, _published = measures.reported_measure(request.actor, code)
    form = ProgressForm(request.POST or None)
    if form.is_valid():
        measures.report_progress(request.actor, code, **form.cleaned_data)
        return _back(request, code)
    return render(request, "plans/plan/measure_progress.html", {"measure": measure, "plan": measure.plan, "form": form})


@policy_only
@require_http_methods(["GET", "POST"])
def measure_value(request, code, pk):
    measure, _published = measures.reported_measure(request.actor, code)
    metric = measure.metrics.filter(pk=pk).first()
    if metric is None:
        raise Http404
    form = ValueForm(request.POST or None)
    if form.is_valid():
        measures.add_metric_value(request.actor, code, pk, **form.cleaned_data)
        return _back(request, code)
    context = {"measure": measure, "plan": measure.plan, "metric": metric, "form": form}
    return render(request, "plans/plan/measure_progress.html", context)


@policy_only
@require_POST
def measure_act(request, code):
    """Move, withdraw or take back a measure, by the coordination."""
    measure = measures.visible_measure(request.actor, code)
    act = request.POST.get("act", "")
    if act in ("up", "down"):
        measures.move_measure(request.actor, code, up=act == "up")
        return redirect("plans:plan-detail", measure.plan.code)
    if act == "take_back":
        measures.take_back_measure(request.actor, code)
        return _back(request, code)
    form = WithdrawForm(request.POST)
    if act != "withdraw":
        raise Http404
    if not form.is_valid():
        return render(request, "plans/plan/measure_detail.html", {**_shown(request.actor, measure), "withdraw": form})
    measures.withdraw_measure(request.actor, code, **form.cleaned_data)
    messages.success(request, _("Taken out of the plan. It can be put back."))
    return redirect("plans:plan-detail", measure.plan.code)
