"""Pages « How long the case is kept », of the cases that are held, and of the register of erasures."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from foundation.errors import NotFound
from foundation.paging import Keyset
from foundation.view_guards import cases_only, known_act
from foundation.workflow import NotAllowed
from journal.operations import record
from referral.models import LegalHold
from victims.cases.views.frame import framed
from victims.models import CaseAccess
from victims.requisitions.access import own_hold
from victims.requisitions.operations import read_requisition

from . import operations as erasure
from .display import holds_in_words
from .forms import HoldForm
from .selectors import erasures, holds, keeping_of, reads_summary, standing

DECISIONS = {
    "confirm": erasure.confirm_hold,
    "confirm_end": erasure.confirm_end,
    "keep": erasure.keep_hold,
    "end": erasure.end_hold,
}
NEWEST, SOONEST = Keyset("at", "id"), Keyset("review_on", "id", descending=False)


@cases_only
@require_http_methods(["GET", "POST"])
def case_keeping(request, pk):
    """Show until when a case is kept and what holds it; hold it, confirm a hold or its end."""
    context = framed(request, pk, "life")
    form = HoldForm(request.POST if request.POST.get("act") == "ask" else None)
    if _done(request, pk, form):
        return redirect("referral:case-keeping", pk)
    rows = holds_in_words(request.actor, holds(request.actor).filter(case=pk))
    context |= {"form": form, "holds": rows, **keeping_of(request.actor, pk)}
    return render(request, "referral/erasure/case_keeping.html", context)


def _done(request, case_id, form: HoldForm) -> bool:
    """Do what was sent, ask for a hold or decide of one; False when nothing was sent, or the form is asked again."""
    act = known_act(request, "ask", *DECISIONS)
    if act in DECISIONS:
        DECISIONS[act](request.actor, erasure.hold_named(request.actor, case_id, request.POST.get("hold", "")))
        messages.success(request, _("Written down."))
    elif form.is_valid():
        erasure.hold_case(request.actor, case_id, **form.cleaned_data)
        messages.success(request, _("The case is kept from now on. A second person confirms it."))
    return act in DECISIONS or form.is_valid()


@cases_only
@require_http_methods(["GET", "POST"])
def hold_detail(request, pk):
    """Show what one's agency keeps of a case whose pages are closed to it, and decide of it; else lead to the case."""
    case_id = erasure.visible_hold(request.actor, pk).case_id
    if reads_summary(request.actor, case_id):
        return redirect("referral:case-keeping", case_id)
    form = HoldForm(request.POST if request.POST.get("act") == "ask" else None)
    if _done(request, case_id, form):
        return redirect("referral:hold-detail", pk)
    rows = holds_in_words(request.actor, holds(request.actor).filter(case=case_id))
    held = any(hold.stands for hold in rows)
    asks = CaseAccess.objects.of(request.actor).filter(case=case_id).exists()  # else only justice waits for it there
    context = {"form": form, "holds": rows, "first": rows[0], "held": held, "asks": asks}
    return render(request, "referral/erasure/hold_detail.html", context)


@cases_only
@require_http_methods(["GET", "POST"])
def requisition_keeping(request, pk):
    """Keep a case whose pages are closed to one's agency, of which justice demands something, once; else lead to the
    case, or to what one's agency keeps of it."""
    found = read_requisition(request.actor, pk, writes=request.method == "POST")
    if reads_summary(request.actor, found.case_id):
        return redirect("referral:case-keeping", found.case_id)
    if not found.is_open:
        raise NotFound
    if mine := own_hold(request.actor, found):
        return redirect("referral:hold-detail", mine.pk)
    form = HoldForm(request.POST or None, initial={"ground": LegalHold.Ground.LAW})
    if request.method == "POST" and known_act(request, "ask") and form.is_valid():
        erasure.hold_case(request.actor, found.case_id, **form.cleaned_data)
        messages.success(request, _("The case is kept from now on. A second person confirms it."))
        return redirect("referral:requisition", pk)
    return render(request, "referral/erasure/requisition_keeping.html", {"form": form, "row": found})


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
