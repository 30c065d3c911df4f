"""The state of a case: where it stands, its moves, the closing and the reopening."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from .access_words import names
from .case_frame import framed
from .code_labels import CLOSURE_REASONS, labels
from .life_forms import ClosingForm
from .models import CaseMove, CaseOutcome
from .operations import case_life
from .refusals import cases_only
from .workflow import NotAllowed, WrongState

STEPS = {
    "start_support": gettext_lazy("Support begun"),
    "follow_up": gettext_lazy("Follow-up after exit begun"),
    "close": gettext_lazy("Case closed"),
    "reopen": gettext_lazy("Case opened again"),
    "merge": gettext_lazy("Closed as a duplicate"),
    "unmerge": gettext_lazy("Closing as a duplicate undone"),
}
SAID = {
    "start_support": gettext_lazy("Support has begun: the author of the alert sees it."),
    "follow_up": gettext_lazy("The case is in follow-up after exit."),
    "reopen": gettext_lazy("The case is open again. Services keep the state only: ask them again if needed."),
}


@cases_only
@require_http_methods(["GET", "POST"])
def case_life_page(request, pk):
    """Where it stands, and what its lead may do now."""
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act not in SAID:
            raise NotAllowed(act)
        case_life.move_case(request.actor, pk, act)
        messages.success(request, SAID[act])
        return redirect("referral:case-life", pk)
    context = framed(request, pk, "life")
    case = context["case"]
    context |= {
        "possible": case_life.possible(request.actor, case),
        "accepted": case_life.support_may_start(request.actor, case),
        "steps": moves_in_words(request.actor, CaseMove.objects.filter(case=case).select_related("agency")),
        "outcomes": CaseOutcome.objects.filter(case=case),
    }
    return render(request, "referral/life.html", context)


def moves_in_words(actor, moves) -> list:
    """Moves newest first, each with `words`, `who`, `reason_words`."""
    found, reasons = list(moves)[::-1], labels(CLOSURE_REASONS)[CLOSURE_REASONS]
    who = names(actor, found)
    for move in found:
        move.words = STEPS[move.action]
        move.who = who(move)
        move.reason_words = reasons.get(move.reason, "")
    return found


@cases_only
@require_http_methods(["GET", "POST"])
def case_close(request, pk):
    """Asks for the outcome, and says what the closing ends and what stays open."""
    context = framed(request, pk, "life")
    case = context["case"]
    if "close" not in case_life.possible(request.actor, case):
        raise WrongState("closed") if context["access"].lead else NotAllowed("close")
    form = ClosingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        outcome = {"wish": given["wish"], "feedback": given["feedback"]}
        case_life.move_case(request.actor, pk, "close", reason=given["reason"], outcome=outcome)
        messages.success(request, _("The case is closed. You can open it again at any time."))
        return redirect("referral:case-life", pk)
    context |= {"form": form, "remains": case_life.remains(request.actor, case)}
    return render(request, "referral/life_close.html", context)
