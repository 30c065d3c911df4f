"""Pages « State and closing » of a case."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from foundation.view_guards import cases_only
from foundation.workflow import NotAllowed, WrongState
from referral.erasure.selectors import keeping_of
from referral.models import CaseMove, CaseOutcome
from victims.cases.views.frame import framed

from . import operations as closing
from .display import moves_in_words
from .forms import ClosingForm


@cases_only
@require_http_methods(["GET", "POST"])
def case_life_page(request, pk):
    """Show the state of the case, and apply a move of its lead."""
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act not in closing.MOVES:
            raise NotAllowed(act)
        closing.move_case(request.actor, pk, act)
        messages.success(request, closing.MOVES[act].done)
        return redirect("referral:case-life", pk)
    context = framed(request, pk, "life")
    case = context["case"]
    possible, accepted = closing.possible(request.actor, case), closing.support_may_start(request.actor, case)
    # the agency that leads says it once, on its own request
    own = bool(accepted and accepted.addressee_id == request.actor.agency_id and accepted.state == "accepted")
    shown = [action for action in possible if action in closing.MOVES and not (own and action == "start_support")]
    context |= {
        "possible": possible,
        "buttons": [closing.MOVES[action] for action in shown],
        "accepted": accepted,
        "own_request": own,
        "steps": moves_in_words(request.actor, CaseMove.objects.filter(case=case).select_related("agency")),
        **keeping_of(request.actor, case.pk),
        "outcomes": CaseOutcome.objects.filter(case=case),
    }
    return render(request, "referral/closing/case_life.html", context)


@cases_only
@require_http_methods(["GET", "POST"])
def case_close(request, pk):
    """Close a case: ask for the outcome, and list what the closing ends and what stays open."""
    context = framed(request, pk, "life")
    case = context["case"]
    if "close" not in closing.possible(request.actor, case):
        raise WrongState("closed") if context["access"].lead else NotAllowed("close")
    form = ClosingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        outcome = {"wish": given["wish"], "feedback": given["feedback"]}
        closing.move_case(request.actor, pk, "close", reason=given["reason"], outcome=outcome)
        messages.success(request, _("The case is closed. You can open it again until it is erased."))
        return redirect("referral:case-life", pk)
    context |= {"form": form, "remains": closing.remains(request.actor, case)}
    return render(request, "referral/closing/case_close.html", context)
