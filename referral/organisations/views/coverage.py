"""Pages of what services ask to receive: read by who asked, decided by the stand-in and by the coordination."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import DeskChange, Role
from foundation.workflow import NotAllowed
from referral.organisations.forms.organisation import RefuseForm
from referral.organisations.operations import coverage as operations
from referral.organisations.operations.powers import coordinates_nationally

State = DeskChange.State
SETTLED_SHOWN = 200
DONE = {
    "take": _("Agreed for your service. The coordination decides next, and is told."),
    "agree": _("Agreed: it holds at once, and the service is told."),
    "refuse": _("Refused. The service is told, and reads why."),
    "withdraw": _("Taken back: nothing changes."),
    "end": _("Ended: the service is told, and who leads the case of a child that relied on it."),
}


def kept_only(actor):
    """Raise NotAllowed for members who neither keep a desk, nor coordinate, nor audit."""
    if not actor.has(Role.AGENCY_ADMIN, Role.CASE_WORKER, Role.COORDINATOR, Role.AUDITOR):
        raise NotAllowed("coverage")


@require_safe
def desk_changes(request):
    """List what waits for this member, then what its agency asked or decided."""
    kept_only(request.actor)
    rows = operations.changes(request.actor)
    mine = operations.to_decide(request.actor).values("pk")
    context = {
        "waiting": operations.batches(rows.filter(pk__in=mine)),
        "others": operations.batches(rows.exclude(pk__in=mine)[:SETTLED_SHOWN]),
        "national": coordinates_nationally(request.actor),
        "decides": request.actor.agency.is_coordination,
    }
    return render(request, "referral/organisations/desk_changes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def desk_change(request, pk):
    """Show what was asked together, and decide it; a refusal needs a reason."""
    kept_only(request.actor)
    rows, act = operations.batch(request.actor, pk), request.POST.get("act", "")
    refusing = RefuseForm(request.POST if act == "refuse" else None)
    if request.method == "POST":
        if act not in operations.ACTS:
            raise Http404
        if act != "refuse" or refusing.is_valid():
            operations.decide(request.actor, pk, act, refusing.cleaned_data["reason"] if act == "refuse" else "")
            messages.success(request, DONE["end" if act == "withdraw" and rows[0].state == State.AGREED else act])
            return redirect("referral:desk-change", pk)
    context = {"rows": rows, "change": rows[0], "acts": operations.open_acts(request.actor, rows), "refusing": refusing,
               "section": "referral:desk-changes"}  # fmt: skip
    return render(request, "referral/organisations/desk_change.html", context)
