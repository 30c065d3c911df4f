"""Share the persons of an event between services: a need, a desk for each, then the requests to send."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from referral.orientations.operations.coverage import Uncovered
from referral.routing.selectors import desks
from referral.situations import display
from referral.situations.forms.sharing import RunsForm, SplitForm, SplitNeedForm
from referral.situations.operations import situations, split

from .guard import coordination_only


@coordination_only
@require_http_methods(["GET", "POST"])
def situation_split_view(request, pk):
    """Choose a need, then a desk for each person. This makes drafts; nothing is sent."""
    situation = situations.visible_situation(request.actor, pk)
    need = SplitNeedForm(request.POST if request.method == "POST" else request.GET or None)
    if not need.is_bound or not need.is_valid():
        context = {"situation": situation, "needs": desks.needs(child=True)}
        return render(request, "referral/situations/situation_split_need.html", context)
    service = need.cleaned_data["service"]
    if request.method == "GET":
        situations.read_group(request.actor, pk)
    parts = split.propose(request.actor, situation, service)
    runs = _runs(request, parts)
    if runs.is_bound and runs.is_valid():
        parts = split.propose(request.actor, situation, service, runs.runs())
    form = SplitForm(request.POST or None, parts=parts, service=service)
    if form.is_valid() and _drafted(request, pk, service, form):
        return redirect("referral:situation-drafts", pk)
    context = {"situation": situation, "service": service, "form": form, "runs": runs}
    context |= {"shares": display.shares(parts), "left": display.left_out(parts)}
    context["closed"] = display.closed(parts)
    return render(request, "referral/situations/situation_split.html", context)


def _runs(request, parts) -> RunsForm:
    """Return the form of « the first twenty to… »: as asked for in the address, else as proposed."""
    asked = request.GET if "count_1" in request.GET and request.method == "GET" else None
    return RunsForm(asked, parts=parts, initial=RunsForm.initial_of(split.runs_of(parts)))


def _drafted(request, pk, service, form) -> bool:
    data = form.cleaned_data
    try:
        made = split.draft_all(
            request.actor,
            pk,
            service=service,
            chosen=data["chosen"],
            verb=data["verb"],
            level=data["level"],
            categories=data["categories"],
            child_reason=data.get("child_reason", ""),
        )
    except Uncovered as uncovered:
        form.add_error(None, str(uncovered))
        return False
    said = ngettext("%(n)d request prepared.", "%(n)d requests prepared.", made) % {"n": made}
    messages.success(request, f"{said} {_('Nothing has left yet.')}")
    return True


@coordination_only
@require_http_methods(["GET", "POST"])
def situation_drafts(request, pk):
    """Show drafts that can be sent and those that cannot, with reasons; send the former, a batch a press."""
    if request.method == "POST":
        sent, left = split.send_covered(request.actor, pk)
        before = request.GET.get("suite", "")
        total = sent + (int(before) if before.isascii() and before.isdecimal() and len(before) < 6 else 0)
        if left and sent:  # the page goes on, and says the sum at the end
            return redirect(reverse("referral:situation-drafts", args=[pk], query={"suite": total}))
        messages.success(request, ngettext("%(n)d request sent.", "%(n)d requests sent.", total) % {"n": total})
        return redirect("referral:situation-drafts" if left else "referral:situation-detail", pk)
    situation = situations.read_group(request.actor, pk)
    found = split.drafts(request.actor, situation)
    context = {
        "situation": situation,
        "ready": [d for d in found if not d.waits],
        "waiting": [d for d in found if d.waits],
        "going_on": "suite" in request.GET,
        "at_once": split.AT_ONCE,
    }
    return render(request, "referral/situations/situation_drafts.html", context)
