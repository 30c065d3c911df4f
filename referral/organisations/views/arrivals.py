"""Pages « Arrivées et codes »: read by every member, decided by a second person."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import MemberChange, Role
from foundation.paging import Keyset
from referral.organisations.forms.members import RefuseForm
from referral.organisations.operations import arrivals as operations

NEWEST = Keyset("at", "id")
DONE = {
    "agree": _("Agreed: the roles hold from now on, and everybody of the organisation is told."),
    "refuse": _("Refused. Everybody of the organisation is told, and reads why."),
    "withdraw": _("Taken back: nothing is given."),
}
FACTOR = _(
    "Agreed: the second factor is taken away. Now tell the person a new code, by voice: without it, no other is set up."
)
GIVEN = _("Agreed: the cases are assigned, and everybody of the organisation is told.")

AGREED = {MemberChange.Act.FILES: GIVEN, MemberChange.Act.FACTOR: FACTOR}


@require_safe
def arrivals(request):
    """List what waits, then everything else, newest first."""
    rows, waits = operations.arrivals(request.actor), MemberChange.State.WAITING
    waiting = list(rows.filter(state=waits).order_by("at", "id")[:50])
    for change in waiting:
        change.may_decide = operations.may_decide(request.actor, change)
    own = rows.exclude(state=waits).filter(agency=request.actor.agency_id)
    page = NEWEST.asked(own, request)
    links = {"next": page.next and f"?cursor={page.next}", "previous": page.previous and f"?cursor={page.previous}"}
    context = {"waiting": waiting, "page": page, "manages": request.actor.has(Role.AGENCY_ADMIN)}
    return render(request, "referral/organisations/arrivals.html", context | links)


@require_http_methods(["GET", "HEAD", "POST"])
def arrival(request, pk):
    """Show one act; agree to its roles, refuse them with a reason, or take them back."""
    found, act = operations.arrival(request.actor, pk), request.POST.get("act", "")
    refusing = RefuseForm(request.POST if act == "refuse" else None)
    if request.method == "POST":
        if act not in operations.ACTS:
            raise Http404
        if act != "refuse" or refusing.is_valid():
            reason = refusing.cleaned_data["reason"] if act == "refuse" else ""
            operations.decide(request.actor, found.pk, act, reason)
            messages.success(request, AGREED.get(found.act, DONE[act]) if act == "agree" else DONE[act])
            return redirect("referral:arrival", found.pk)
    own = found.agency_id == request.actor.agency_id
    context = {
        "change": found,
        "refusing": refusing,
        "may_decide": operations.may_decide(request.actor, found),
        "may_withdraw": own and request.actor.has(Role.AGENCY_ADMIN),
        "own": own,
        "decided_at": operations.decided_at(found) if found.state == MemberChange.State.WAITING else None,
        "section": "referral:arrivals",
    }
    return render(request, "referral/organisations/arrival.html", context)
