"""Pages of one time limit, and of the agenda of the member and of the agency."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from foundation.paging import Keyset
from foundation.view_guards import cases_only
from foundation.workflow import WrongState
from indicators.procedures.selectors import book
from referral.desk.display.lists import listing
from referral.models import Clock
from referral.procedures import display as procedures_display
from referral.procedures.filters import AgendaFilter, running
from referral.procedures.forms import ExtendForm, StopForm
from referral.procedures.operations import clocks
from victims.cases.views.frame import framed
from victims.data_requests.access import to_answer
from victims.data_requests.display import shown
from victims.own_labels.selectors import labelled

BY_TIME = Keyset("due_at", "id", descending=False)
FORMS = {"stop": StopForm, "extend": ExtendForm}
MOST = 50  # requests of persons shown above the time limits


@cases_only
@require_http_methods(["GET", "POST"])
def clock_detail(request, pk):
    """Show what to do, the legal text, the end and the history; meet, stop or change it."""
    clock = clocks.visible_clock(request.actor, pk)
    form = None
    if request.method == "POST":
        form = _posted(request, clock)
        if form is None:
            return redirect("referral:clock-detail", pk)
    context = framed(request, clock.case_id, "procedures")
    (clock,) = procedures_display.clocks_in_words([clock], book())
    forms = (
        {name: made(auto_id=f"id_{name}_%s") for name, made in FORMS.items()}
        if clock.state == Clock.State.RUNNING
        else {}
    )
    if form is not None:
        forms[form.act] = form
    moves = clock.moves.select_related("by__agency", "by__user").order_by("-at", "-id")
    context |= {"clock": clock, "forms": forms, "form": form, "moves": moves}
    return render(request, "referral/procedures/clock_detail.html", context)


def _posted(request, clock):
    """Apply the act. Returns the invalid form, or None when done. Raises WrongState for one that runs no more."""
    act = request.POST.get("act", "")
    if clock.state != Clock.State.RUNNING:
        raise WrongState(clock.state)
    if act == "meet":
        clocks.end_clock(request.actor, clock.pk, met=True)
    elif act in FORMS:
        form = FORMS[act](request.POST, auto_id=f"id_{act}_%s")
        if not form.is_valid():
            form.act = act
            return form
        if act == "stop":
            clocks.end_clock(request.actor, clock.pk, met=False, **form.cleaned_data)
        else:
            clocks.extend_clock(request.actor, clock.pk, **form.cleaned_data)
    else:
        raise Http404
    messages.success(request, _("Recorded."))
    return None


@cases_only
@require_safe
def agenda(request):
    """List running time limits, « Mon agenda » or the agency's, by time left; above them, what persons ask about their
    data: each member of the agency that may answer sees it, whoever the case is assigned to."""
    mine = request.GET.get("view", "") != "agency"
    filters = AgendaFilter(request.GET, running(request.actor, mine=mine), request=request)
    context = listing(request, filters, BY_TIME)
    labelled(request.actor, procedures_display.clocks_in_words(context["page"].rows, book()))
    waiting = to_answer(request.actor)
    asked = [] if request.GET.get("cursor") else [shown(one) for one in waiting[: MOST + 1]]
    more = waiting.count() - MOST if len(asked) > MOST else 0
    context |= {"mine": mine, "asked": asked[:MOST], "more": more}
    return render(request, "referral/procedures/agenda.html", context)
