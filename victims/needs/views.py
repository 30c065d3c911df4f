"""Section « Besoins et accompagnement »: needs, actions, and needs that could not be met."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from foundation.view_guards import cases_only, known_act
from foundation.workflow import NotAllowed, WrongState
from indicators.codes.selectors import DECLINE_REASONS, labels
from victims.access.display import names
from victims.cases import access as cases_access
from victims.cases.views.frame import framed
from victims.models import Need, NeedText, NeedVersion, SupportAction

from . import operations as needs
from .forms import ActionForm, NeedForm, StateForm


@cases_only
@require_http_methods(["GET", "POST"])
def case_needs(request, pk):
    """Show all needs of the case, those not met first, by urgency; a POST adds one."""
    context = framed(request, pk, "needs")
    access = context["access"]
    may_write = cases_access.may_write(request.actor, access)
    form = NeedForm(request.POST or None, categories=access.categories) if may_write else None
    if request.method == "POST":
        if form is None:
            raise NotAllowed("write")
        if form.is_valid():
            needs.add_need(request.actor, pk, **form.cleaned_data)
            messages.success(request, _("Need recorded."))
            return redirect("referral:case-needs", pk)
    context |= {
        "form": form,
        "may_write": may_write,
        "needs": _plan(request.actor, context["case"]),
        "write_in": cases_access.request_to_write_in(request.actor, access),
    }
    return render(request, "victims/needs/case_needs.html", context)


def _plan(actor, case) -> list[Need]:
    """Return needs with `said` (text, None without the category), `todo` and `reason_words`. Five queries."""
    found = Need.objects.visible_to(actor).filter(case=case).select_related("agency").in_order().served()
    texts = {text.need_id: text.data["text"] for text in NeedText.objects.visible_to(actor).filter(case=case)}
    todo: dict = {}
    for action in SupportAction.objects.visible_to(actor).filter(case=case).select_related("agency"):
        todo.setdefault(action.need_id, []).append(action)
    reasons = labels(DECLINE_REASONS)[DECLINE_REASONS]
    today = timezone.localdate()
    for need in found:
        need.said, need.todo = texts.get(need.pk), todo.get(need.pk, [])
        need.reason_words = reasons.get(need.reason, need.reason)
        for action in need.todo:
            action.late = action.done_on is None and action.due_on is not None and action.due_on < today
    return found


@cases_only
@require_http_methods(["GET", "POST"])
def need_detail(request, pk):
    """Show one need with actions and versions, and change it.

    Answers 409 when it changed meanwhile; the choices made are kept.
    """
    need = needs.visible_need(request.actor, pk)
    context = framed(request, need.case_id, "needs")
    access = context["access"]
    may_write = cases_access.may_write(request.actor, access)
    initial = {"state": need.state, "priority": need.priority, "reason": need.reason, "seen": need.changed_at}
    act = known_act(request, "state", "action")
    state = StateForm(request.POST if act == "state" else None, initial=initial)
    agencies = needs.possible_agencies(request.actor, need.case_id)
    mine = {"agency": request.actor.agency_id}
    action = ActionForm(request.POST if act == "action" else None, agencies=agencies, initial=mine)
    status = 200
    if request.method == "POST" and not may_write:
        raise NotAllowed("write")
    try:
        if _applied(request, need, act, state, action):
            return redirect("referral:need-detail", pk)
    except WrongState:
        status = 409
    plan = next(n for n in _plan(request.actor, context["case"]) if n.pk == need.pk)
    context |= {
        "need": plan,
        "state": state,
        "action": action,
        "may_write": may_write,
        "sealed": bool(need.bit & ~access.categories),
        "stale": status == 409,
        "versions": _versions(request.actor, need),
    }
    return render(request, "victims/needs/need_detail.html", context, status=status)


def _applied(request, need, act, state, action) -> bool:
    if act == "state" and state.is_valid():
        needs.change_need(request.actor, need.pk, **state.cleaned_data)
        messages.success(request, _("Need updated."))
        return True
    if act == "action" and action.is_valid():
        needs.add_action(request.actor, need.pk, **action.cleaned_data)
        messages.success(request, _("Added to the support plan."))
        return True
    return False


def _versions(actor, need) -> list:
    rows = list(NeedVersion.objects.filter(pgh_obj=need).order_by("-pgh_id")[:20])
    who, states = names(actor, rows), dict(Need.State.choices)
    for row in rows:
        row.who, row.words = who(row), states[row.state]
    return rows


@cases_only
@require_http_methods(["GET", "POST"])
def action_done(request, pk):
    """Record that an action was done today. A GET redirects to its need."""
    action = needs.visible_action(request.actor, pk)
    if request.method == "POST":
        needs.finish_action(request.actor, pk, done_on=timezone.localdate())
        messages.success(request, _("Done: written with today's date."))
    return redirect("referral:need-detail", action.need_id)
