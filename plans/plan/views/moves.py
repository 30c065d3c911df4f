"""Show the report of the gate and make the moves of a plan, each confirmed on its own page."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from foundation.workflow import WrongState
from plans.models.bodies import is_state
from plans.money.selectors import figures
from plans.plan.display.moves import BUTTONS, moves_of
from plans.plan.forms.plans import MoveForm
from plans.plan.operations import measures, moves, plans
from plans.plan.rules import gate
from plans.plan.selectors.content import content_of
from plans.plan.words import STEPS
from plans.steering.views.guards import policy_only


@policy_only
@require_safe
def plan_gate(request, code):
    plan = plans.visible_plan(request.actor, code)
    return render(request, "plans/plan/plan_gate.html", _report(request.actor, plan))


def _report(actor, plan, refused=False) -> dict:
    content = content_of(plan)
    lines = gate.report(content, figures.costed())
    return {
        "plan": plan,
        "lines": gate.in_words(content, [line.plain() for line in lines]),
        "measures": len(content["measures"]),
        "written": measures.written_by(actor, plan),
        "refused": refused,
        "pays": is_state(actor),
    }


@policy_only
@require_http_methods(["GET", "POST"])
def plan_move(request, code, action):
    plan = plans.locked_plan(request.actor, code)
    if action not in BUTTONS:
        raise Http404
    if action not in {button.action for button in moves_of(request.actor, plan)}:
        raise WrongState(plan.state)
    needed, published = moves.needs_reason(plan.state, action), action in moves.VERSIONS
    form = MoveForm(request.POST or None, needed=needed, published=published)
    if request.method == "POST" and form.is_valid():
        try:
            moves.move_plan(request.actor, code, action, **form.cleaned_data)
        except moves.GateRefused:
            return render(request, "plans/plan/plan_gate.html", _report(request.actor, plan, refused=True), status=409)
        messages.success(request, _("Done: %(what)s.") % {"what": STEPS[action]})
        return redirect("plans:plan-detail", code)
    context = {"plan": plan, "button": BUTTONS[action], "form": form}
    if action in moves.GATED:
        context |= _report(request.actor, plan)
    return render(request, "plans/plan/plan_move.html", context)
