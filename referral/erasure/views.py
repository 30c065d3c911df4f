"""Pages « How long the case is kept », of the cases that are held, and of the register of erasures."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from foundation.paging import Keyset
from foundation.view_guards import cases_only
from foundation.workflow import NotAllowed
from journal.operations import record
from victims.cases.views.frame import framed

from . import operations as erasure
from .display import holds_in_words
from .forms import HoldForm
from .selectors import erasures, holds, keeping_of, standing

DECISIONS = {"confirm": erasure.confirm_hold, "end": erasure.end_hold}
NEWEST, SOONEST = Keyset("at", "id"), Keyset("review_on", "id", descending=False)


@cases_only
@require_http_methods(["GET", "POST"])
def case_keeping(request, pk):
    """Show until when a case is kept and what holds it; hold it, confirm a hold or its end."""
    context = framed(request, pk, "life")
    form = HoldForm(request.POST if request.POST.get("act") == "ask" else None)
    if request.method == "POST":
        if request.POST.get("act") != "ask":
            return _decided(request, pk)
        if form.is_valid():
            erasure.hold_case(request.actor, pk, **form.cleaned_data)
            messages.success(request, _("The case is kept from now on. A second person confirms it."))
            return redirect("referral:case-keeping", pk)
    rows = holds_in_words(request.actor, holds(request.actor).filter(case=pk))
    context |= {"form": form, "holds": rows, **keeping_of(request.actor, pk)}
    return render(request, "referral/erasure/case_keeping.html", context)


def _decided(request, pk):
    act = request.POST.get("act", "")
    if act not in DECISIONS:
        raise NotAllowed(act)
    DECISIONS[act](request.actor, erasure.hold_named(request.actor, pk, request.POST.get("hold", "")))
    messages.success(request, _("Written down."))
    return redirect("referral:case-keeping", pk)


@cases_only
@require_safe
def hold_detail(request, pk):
    """Lead to the page of the case that a hold keeps: what a notice opens."""
    return redirect("referral:case-keeping", erasure.visible_hold(request.actor, pk).case_id)


@cases_only
@require_safe
def hold_list(request):
    """List what holds the cases that the reader sees, the soonest review first."""
    page = SOONEST.asked(standing(request.actor), request)
    context = {"rows": holds_in_words(request.actor, page), **_links(page)}
    return render(request, "referral/erasure/hold_list.html", context)


@require_safe
def erasure_list(request):
    """List what was erased: a digest, a day and why; for those who read the journal. The reading is journalled."""
    if request.actor.sight != "journal":
        raise NotAllowed("erasures")
    page = NEWEST.asked(erasures(request.actor), request)
    record("erasures.read")
    return render(request, "referral/erasure/erasure_list.html", {"page": page, **_links(page)})


def _links(page) -> dict[str, str]:
    return {"next": page.next and f"?cursor={page.next}", "previous": page.previous and f"?cursor={page.previous}"}
