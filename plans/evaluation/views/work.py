"""Show and edit « Évaluations »: a unit's own space on each plan, release, corrections and replies."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from foundation.workflow import NotAllowed
from plans import access
from plans.evaluation import operations
from plans.evaluation.forms import HeadForm, ReturnForm, StartForm, TextForm, opinion_forms, valid_fields
from plans.evaluation.selectors.measures import axes_of, measures_of
from plans.models import Evaluation, Plan
from plans.steering.views.guards import policy_only


@policy_only
@require_http_methods(["GET", "POST"])
def evaluation_list(request):
    """List own drafts and releases, plans to evaluate, and opinions to reply to."""
    found = Evaluation.objects.visible_to(request.actor).select_related("plan", "evaluator")
    if request.method == "POST":
        form = StartForm(request.POST)
        kind = form.cleaned_data["kind"] if form.is_valid() else Evaluation.Kind.YEARLY
        made = operations.start_evaluation(request.actor, request.POST.get("plan", ""), kind)
        return redirect("plans:evaluation-detail", made.pk)
    mine = [row for row in found if row.agency_id == request.actor.agency_id]
    context = {
        "mine": mine,
        "to_release": found.to_release(request.actor).select_related("asked_by__user"),
        "released": [row for row in found if row.agency_id != request.actor.agency_id and row.released],
        "plans": Plan.objects.visible_to(request.actor).filter(versions__isnull=False, kind="national").distinct(),
        "begun": {row.plan_id for row in mine if not row.released},
        "start": StartForm(),
        "evaluates": access.evaluates(request.actor),
        "to_answer": operations.to_answer(request.actor),
    }
    return render(request, "plans/evaluation/evaluation_list.html", context)


def _one(actor, pk) -> Evaluation:
    found = (
        Evaluation.objects.visible_to(actor)
        .filter(pk=pk)
        .select_related("plan", "evaluator", "version", "agency", "asked_by__user", "asked_by__agency")
    ).first()
    if found is None:
        raise Http404
    return found


@policy_only
@require_http_methods(["GET", "POST"])
def evaluation_detail(request, pk):
    """Show a draft as a grid to fill; show a released one with corrections and replies."""
    evaluation = _one(request.actor, pk)
    if evaluation.released:
        return _released(request, evaluation)
    if request.method == "GET" and evaluation.state == Evaluation.State.PROPOSED:
        return redirect("plans:evaluation-release", pk)
    if request.method == "POST":
        return _kept(request, evaluation)
    return _grid(request, evaluation)


def _grid(request, evaluation, form=None, grid=None):
    measures, opinions = measures_of(evaluation), list(evaluation.opinions.all())
    initial = {name: getattr(evaluation, name) for name in HeadForm.base_fields}
    grid = grid or opinion_forms(measures, opinions)
    context = {
        "evaluation": evaluation,
        "form": form or HeadForm(initial=initial),
        "axes": axes_of(evaluation.version, grid),
        "faults": [form for _, form in grid if form.is_bound and form.errors],
        "said": len({row.measure for row in opinions if row.status}),
        "measures": len(measures),
    }
    return render(request, "plans/evaluation/evaluation_detail.html", context)


def _kept(request, evaluation):
    """Save every valid field, then go on as asked; invalid ones are shown again as typed."""
    next_step = request.POST.get("go")
    head = HeadForm(request.POST)
    grid = opinion_forms(measures_of(evaluation), evaluation.opinions.all(), request.POST)
    sent = [(measure, form) for measure, form in grid if form.add_prefix("status") in request.POST]
    opinions = {measure["code"]: valid_fields(form) for measure, form in sent}
    saved = operations.save_evaluation(request.actor, evaluation.pk, head=valid_fields(head), opinions=opinions)
    faults = bool(head.errors) or any(form.errors for _, form in sent)
    if next_step == "auto":
        return render(request, "plans/evaluation/evaluation_detail_saved.html", {"evaluation": saved, "faults": faults})
    if faults:
        return _grid(request, evaluation, head, grid)
    messages.success(request, _("Saved. Only your organisation reads it."))
    return redirect("plans:evaluation-release" if next_step == "check" else "plans:evaluation-detail", evaluation.pk)


def _released(request, evaluation):
    """Show a released evaluation to all; its evaluator adds corrections."""
    mine = evaluation.agency_id == request.actor.agency_id
    form = TextForm(request.POST) if request.method == "POST" else TextForm()
    if form.is_bound and form.is_valid():
        operations.add_note(request.actor, evaluation.pk, form.cleaned_data["text"])
        messages.success(request, _("Your correction is published, dated, beside your evaluation."))
        return redirect("plans:evaluation-detail", evaluation.pk)
    context = {
        "evaluation": evaluation,
        "mine": mine,
        "form": form,
        "lines": _lines(request.actor, evaluation),
        "may_reply": operations.may_reply(request.actor, evaluation, ""),
        "replies": [row for row in evaluation.replies.select_related("body") if not row.measure],
    }
    return render(request, "plans/evaluation/evaluation_detail_read.html", context)


def _lines(actor, evaluation) -> list[dict]:
    """Return each opinion with its measure, its replies, and whether the actor may reply."""
    measures = {measure["code"]: measure for measure in measures_of(evaluation)}
    answers = evaluation.replies.exclude(measure="").select_related("body")
    answerable = operations.answerable(actor, evaluation)
    return [
        {
            "measure": measures.get(row.measure, {"code": row.measure, "title_fr": row.measure}),
            "opinion": row,
            "replies": [answer for answer in answers if answer.measure == row.measure],
            "may_reply": row.measure in answerable,
        }
        for row in evaluation.opinions.all()
    ]


@policy_only
@require_http_methods(["GET", "POST"])
def evaluation_release(request, pk):
    """Show what will be public: its unit asks, a second person releases or sends back. It cannot be undone."""
    evaluation = _one(request.actor, pk)
    form = ReturnForm()
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act == "return":
            form = ReturnForm(request.POST)
        if not form.is_bound or form.is_valid():
            return _decided(request, evaluation, act, form)
    if evaluation.released:
        return redirect("plans:evaluation-detail", pk)
    measures = {measure["code"]: measure for measure in measures_of(evaluation)}
    opinions = list(evaluation.opinions.all())
    context = {
        "evaluation": evaluation,
        "draft": evaluation.state == Evaluation.State.DRAFT,
        "to_release": Evaluation.objects.visible_to(request.actor).to_release(request.actor).filter(pk=pk).exists(),
        "mine": evaluation.agency_id == request.actor.agency_id,
        "second": operations.second_at(request.actor, evaluation),
        "form": form,
        "lines": [{"measure": measures[row.measure], "opinion": row} for row in opinions],
        "silent": [m for code, m in measures.items() if code not in {row.measure for row in opinions}],
        "empty": not evaluation.text_fr and not opinions,
    }
    return render(request, "plans/evaluation/evaluation_release.html", context)


def _decided(request, evaluation, act: str, form: ReturnForm):
    """Ask, release, send back or take back. A word that no button has asks for nothing."""
    actor, pk = request.actor, evaluation.pk
    if act == "release":
        operations.release_evaluation(actor, pk)
        messages.success(request, _("Released: the evaluation is public now."))
        return redirect("plans:evaluation-detail", pk)
    if act == "return":
        operations.return_evaluation(actor, pk, form.cleaned_data["reason"])
        messages.success(request, _("Sent back to its unit, with your reason."))
        return redirect("plans:evaluation-list")
    if act == "resume":
        operations.resume_evaluation(actor, pk)
        messages.success(request, _("Taken back: you may write again."))
        return redirect("plans:evaluation-detail", pk)
    if act == "ask":
        operations.ask_release(actor, pk)
        messages.success(request, _("Asked: a second person reads it and releases it."))
    return redirect("plans:evaluation-release", pk)


@policy_only
@require_http_methods(["GET", "POST"])
def evaluation_discard(request, pk):
    evaluation = _one(request.actor, pk)
    if request.method == "GET":
        return redirect("plans:evaluation-detail", evaluation.pk)
    operations.discard_evaluation(request.actor, pk)
    messages.success(request, _("The draft is deleted."))
    return redirect("plans:evaluation-list")


@policy_only
@require_http_methods(["GET", "POST"])
def evaluation_reply(request, pk):
    """Write the right of reply of the body in charge, on the plan or one measure (`?mesure=`)."""
    evaluation = _one(request.actor, pk)
    code = request.GET.get("mesure", "")
    if not evaluation.released or not operations.may_reply(request.actor, evaluation, code):
        raise NotAllowed("not in charge")
    form = TextForm(request.POST or None)
    if form.is_valid():
        operations.reply(request.actor, pk, measure=code, text=form.cleaned_data["text"])
        messages.success(request, _("Your answer is published beside the evaluation."))
        return redirect("plans:evaluation-detail", pk)
    measure = next((m for m in measures_of(evaluation) if m["code"] == code), None)
    opinion = evaluation.opinions.filter(measure=code).first() if code else None
    context = {"evaluation": evaluation, "form": form, "measure": measure, "opinion": opinion}
    return render(request, "plans/evaluation/evaluation_reply.html", context)
