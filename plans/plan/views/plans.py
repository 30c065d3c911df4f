"""Show and edit plans: the list, one plan, its axes, the measures it carries over."""

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from plans.evaluation.selectors.crossing import last_opinions
from plans.models import Measure, Plan
from plans.models.bodies import body_of, is_state
from plans.models.coordination import coordinates
from plans.plan.display.content import names_of_changes, shown, words_of_lacks
from plans.plan.display.moves import moves_of
from plans.plan.forms.plans import AxisForm, CarryForm, NewPlanForm, PlanForm
from plans.plan.operations import measures, plans
from plans.plan.rules.changes import changes
from plans.plan.rules.gate import UNRECORDED
from plans.plan.selectors.content import content_of, published
from plans.steering.views.guards import policy_only


@policy_only
@require_safe
def plan_list(request):
    found = Plan.objects.visible_to(request.actor).select_related("lead").with_known()
    context = {"plans": found, "coordinates": coordinates(request.actor)}
    return render(request, "plans/plan/plan_list.html", context)


@policy_only
@require_safe
def plan_detail(request, code):
    plan = plans.visible_plan(request.actor, code)
    context = {
        "plan": plan,
        "unrecorded": words_of_lacks(plan) is UNRECORDED,
        "shown": (made := shown(plan, content_of(plan), body_of(request.actor))),
        "remaining": made.missing if plan.kind == Plan.Kind.NATIONAL else 0,
        "withdrawn": plan.measures.exclude(withdrawn_at=None),
        "moves": moves_of(request.actor, plan),
        "history": plan.moves.select_related("agency").order_by("-at")[:20],
        "versions": plan.versions.defer("content").order_by("-number"),
        "coordinates": coordinates(request.actor),
        "adds": plan.is_open and is_state(request.actor),
    }
    return render(request, "plans/plan/plan_detail.html", context)


@policy_only
@require_http_methods(["GET", "POST"])
def plan_new(request):
    plans.only_coordination(request.actor)
    form = NewPlanForm(request.POST or None)
    if form.is_valid():
        made = plans.create_plan(request.actor, **form.cleaned_data)
        messages.success(request, _("Plan created. Add its axes, then its measures."))
        return redirect("plans:plan-detail", made.code)
    return render(request, "plans/plan/plan_edit.html", {"form": form})


@policy_only
@require_http_methods(["GET", "POST"])
def plan_edit(request, code):
    plan = plans.open_plan(request.actor, code)
    form = PlanForm(request.POST or None, initial=PlanForm.initial_of(plan))
    differences = None
    if form.is_valid():
        try:
            plans.edit_plan(request.actor, code, **form.cleaned_data)
        except plans.Stale:
            differences = late(form, PlanForm.initial_of(plan))
        else:
            messages.success(request, _("Recorded."))
            return redirect("plans:plan-detail", code)
    context = {"plan": plan, "form": form, "stands": differences}
    return render(request, "plans/plan/plan_edit.html", context, status=409 if differences else 200)


def late(form, stored: dict) -> list[tuple[str, str]]:
    """Return what differs between the stored row and what was typed: (label, stored value).

    The form may then be submitted again.
    """
    form.data = form.data.copy()
    form.data["seen"] = stored["seen"]
    return [
        (form.fields[name].label, plain(value))
        for name, value in stored.items()
        if name != "seen" and name in form.fields and plain(value) != plain(form.cleaned_data.get(name))
    ]


def plain(value) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if hasattr(value, "all") or isinstance(value, list):
        return ", ".join(sorted(str(one) for one in value)) or "—"
    return "—" if value in (None, "") else str(value)


@policy_only
@require_POST
def plan_recorded(request, code):
    """Declare the list of a plan complete, or take the declaration back."""
    recorded = request.POST.get("recorded") == "yes"
    plans.declare_recorded(request.actor, code, recorded=recorded)
    messages.success(request, _("Declared complete.") if recorded else _("No longer declared complete."))
    return redirect("plans:plan-detail", code)


@policy_only
@require_http_methods(["GET", "POST"])
def plan_axes(request, code):
    """Edit each axis in a small form of its own; the last form adds one."""
    plan = plans.open_plan(request.actor, code)
    bound = None
    if request.method == "POST":
        bound = _axis_act(request, code)
        if bound is None:
            return redirect("plans:plan-axes", code)
    rows = [
        (axis, bound if bound and bound.prefix == str(axis.pk) else AxisForm(prefix=str(axis.pk), initial=vars(axis)))
        for axis in plan.axes.order_by("number").annotate(
            holds=Exists(Measure.objects.visible_to(request.actor).filter(axis=OuterRef("pk")))
        )
    ]
    new = bound if bound and bound.prefix == "new" else AxisForm(prefix="new")
    return render(request, "plans/plan/plan_axes.html", {"plan": plan, "rows": rows, "new": new, "form": bound})


def _axis_act(request, code):
    """Run the act posted. Return the form to correct, or None once done."""
    act, _sep, pk = request.POST.get("act", "").partition("-")
    pk = int(pk) if pk.isdigit() else 0
    if act in ("up", "down"):
        plans.move_axis(request.actor, code, pk, up=act == "up")
    elif act == "remove":
        plans.remove_axis(request.actor, code, pk)
    else:
        form = AxisForm(request.POST, prefix=str(pk) if pk else "new")
        if not form.is_valid():
            return form
        if pk:
            plans.edit_axis(request.actor, code, pk, **form.cleaned_data)
        else:
            plans.add_axis(request.actor, code, **form.cleaned_data)
    messages.success(request, _("Recorded."))
    return None


@policy_only
@require_http_methods(["GET", "POST"])
def plan_carry(request, code):
    """Offer unfinished measures of earlier plans to this one."""
    plan = plans.open_plan(request.actor, code)
    offered = measures.unfinished(request.actor, plan)
    tick_all_of = request.POST.get("tick")  # code of a plan whose measures get ticked; nothing is written yet
    form = CarryForm(None if tick_all_of else request.POST or None, offered=offered)
    if form.is_valid():
        done = measures.carry_over(request.actor, code, form.cleaned_data["codes"])
        template = ngettext("%(n)d measure carried over.", "%(n)d measures carried over.", len(done))
        messages.success(request, template % {"n": len(done)})
        return redirect("plans:plan-detail", code)
    groups, opinions = {}, last_opinions([measure.code for measure in offered])
    for measure in offered:
        known = measures.status_of(measure), opinions.get(measure.code, [])
        groups.setdefault(measure.plan, []).append((measure, *known))
    ticked = {*request.POST.getlist("codes"), *(m.code for m in offered if m.plan.code == tick_all_of)}
    context = {"plan": plan, "groups": groups.items(), "form": form, "ticked": ticked}
    return render(request, "plans/plan/plan_carry.html", context)


@policy_only
@require_safe
def plan_changes(request, code):
    """Show the changes between the last version and the working rows."""
    plan = plans.visible_plan(request.actor, code)
    before, after = published(plan), content_of(plan)
    found = changes(before, after, names_of_changes(before, after)) if before else None
    return render(request, "plans/plan/plan_changes.html", {"plan": plan, "changes": found})
