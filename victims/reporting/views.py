"""Section « Signalement au procureur » of a case: what was decided, shown on demand."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from foundation.view_guards import cases_only, known_act
from victims.cases.views.frame import framed

from . import display, operations
from .forms import ReportDecisionForm


@cases_only
@require_http_methods(["GET", "POST"])
def case_reporting(request, pk):
    """Record a decision; show those recorded after a POST only, each time journalled."""
    act = known_act(request, "write", "reveal")
    context = framed(request, pk, "reporting")
    form = ReportDecisionForm(request.POST if act == "write" else None, child=context["case"].is_minor)
    if form.is_valid():
        operations.record_decision(request.actor, pk, data=form.kept())
        messages.success(request, _("Recorded. Nothing was sent: each reading of it is logged."))
        return redirect("referral:case-reporting", pk)
    found = operations.read_decisions(request.actor, pk) if act == "reveal" else []
    for decision in found:
        decision.facts = display.facts(decision.data)
    context |= {"form": form, "decisions": found, "revealed": act == "reveal"}
    return render(request, "victims/reporting/case_reporting.html", context)
