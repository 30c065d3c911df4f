"""Record and remove overlaps: envelopes that count some of the same money."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from foundation.workflow import NotAllowed
from plans.money.display import desk
from plans.money.operations import envelopes as acts

from .envelopes import payers


@payers
@require_http_methods(["GET", "POST"])
def overlaps(request, code):
    """Show the overlaps recorded, and envelopes that may overlap, the nearest first, with a search."""
    found = acts.visible_envelope(request.actor, code)
    if not acts.may_enter(request.actor, found):
        raise NotAllowed("overlap")
    if request.method == "POST":
        other = acts.visible_envelope(request.actor, request.POST.get("other", ""))
        if request.POST.get("act") == "drop":
            acts.drop_overlap(request.actor, found, other)
            messages.success(request, pgettext("money", "Taken back: nothing is said to be counted in both."))
        elif request.POST.get("act") == "say":
            acts.record_overlap(request.actor, found, other)
            messages.success(request, pgettext("money", "Said: they will never be added up."))
        return redirect("plans:money-overlaps", code)
    search = request.GET.get("q", "")[:80]
    recorded = list(found.overlaps.select_related("funder", "measure").order_by("label_fr", "code"))
    droppable = acts.droppable(request.actor, found, recorded)
    for other in recorded:
        other.may_drop = other.pk in droppable
    alike = list(desk.similar_envelopes(request.actor, found, search)[: desk.ALIKE + 1])
    context = {"envelope": found, "said": recorded, "alike": alike[: desk.ALIKE], "asked": search}
    context["more"] = len(alike) > desk.ALIKE
    return render(request, "plans/money/money_overlaps.html", context)
