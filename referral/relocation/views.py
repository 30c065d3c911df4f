"""Page « Place and coordination » of a case."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from foundation.view_guards import cases_only
from foundation.workflow import NotAllowed
from victims.cases.views.frame import framed

from . import operations as relocation
from .forms import MoveForm


@cases_only
@require_http_methods(["GET", "POST"])
def case_place(request, pk):
    """Show place and coordination; the lead previews and confirms a move."""
    context = framed(request, pk, "place")
    case, leads = context["case"], context["access"].lead
    if request.method == "POST" and not leads:
        raise NotAllowed("move")
    form = MoveForm(request.POST or None, case=case) if leads else None
    if form and form.is_valid() and (done := _moved(request, case, form, context)):
        return done
    named = ("from_territory", "to_territory", "from_unit", "to_unit")
    context |= {"form": form, "moves": case.relocations.select_related(*named)}
    return render(request, "referral/relocation/case_place.html", context)


def _moved(request, case, form, context):
    """Return the redirect after a move; None when the page shows the preview or what prevents it."""
    place = form.cleaned_data["territory"]
    try:
        context["change"] = relocation.change(request.actor, case, place)
    except relocation.TransferWaits as waits:
        form.add_error("territory", str(waits))
        return None
    if request.POST.get("act") != "confirm":
        return None
    done = relocation.move_case(request.actor, case.pk, place)
    if done.same_unit:
        messages.success(request, _("Moved. The same unit coordinates it."))
    else:
        said = _("Moved. %(unit)s coordinates it from now on; both units are told.")
        messages.success(request, said % {"unit": done.unit})
    if relocation.still_reads(request.actor, case.pk):
        return redirect("referral:case-place", case.pk)
    return redirect("referral:case-list")
