"""Pages of an agency's own desk: what it takes, places and their history; needs without a place."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Capacity, DeskChange, Role
from foundation.words.spoken_languages import read_as
from foundation.workflow import NotAllowed
from indicators.codes.selectors import FORMS, labels
from referral.organisations.forms.organisation import DeskForm, PlacesForm
from referral.organisations.operations import coverage
from referral.organisations.operations import organisation as desks
from referral.routing.selectors import ranking
from referral.routing.selectors import unmet_needs as unmet_needs_selectors

HISTORY = 12
ASKED = gettext_lazy("Saved. What you would receive in addition is waiting for the coordination, which is told.")


@require_safe
def organisation(request):
    """Show what other agencies read of this desk, and how recent its places are."""
    desk = desks.own_desk(request.actor)
    return render(request, "referral/organisations/organisation.html", _context(request, desk))


def _context(request, desk, form=None) -> dict:
    words = labels(FORMS)[FORMS]
    return {
        "desk": desk,
        "not_second": desks.cannot_stand_in(desk, desk.second),
        "services": desk.services.all(),
        "territories": desk.territories.order_by("pk"),
        "forms_taken": [words.get(code, code) for code in desk.forms],
        "languages": [read_as(code) for code in desk.languages],
        "stale": desk.places is not None and not ranking.fresh(desk),
        "history": Capacity.objects.filter(desk=desk)[:HISTORY],
        "places": form or PlacesForm(initial={"places": desk.places}),
        "form": form,
        "asked": coverage.batches(coverage.changes(request.actor).filter(desk=desk, state=DeskChange.State.WAITING)),
        "may_edit": request.actor.has(Role.AGENCY_ADMIN),
    }


@require_http_methods(["GET", "POST"])
def organisation_places(request):
    """Confirm or correct the number of free places."""
    desk = desks.own_desk(request.actor)
    if request.method == "GET":
        return redirect("referral:organisation")
    form = PlacesForm(request.POST)
    if not form.is_valid():
        return render(request, "referral/organisations/organisation.html", _context(request, desk, form))
    desks.declare_places(request.actor, form.cleaned_data["places"])
    messages.success(request, _("Places noted: services that look for one see them now."))
    return redirect("referral:organisation")


@require_http_methods(["GET", "POST"])
def organisation_edit(request):
    desk = desks.own_desk(request.actor)
    if not request.actor.has(Role.AGENCY_ADMIN):
        raise NotAllowed("desk")
    lapsed = desks.lapsed_seconds(desk)
    form = DeskForm(request.POST or None, desk=desk, initial=DeskForm.initial_of(desk))
    if request.method == "POST" and form.is_valid():
        asked = desks.keep_desk(request.actor, **form.kept())
        messages.success(request, ASKED if asked else _("Saved. It shows at once to those who look for a service."))
        for second, why in lapsed:
            text = _("%(service)s is taken off as your back-up service: %(why)s.") % {"service": second, "why": why}
            messages.warning(request, text)
        return redirect("referral:organisation")
    context = {"desk": desk, "form": form, "lapsed": lapsed, "section": "referral:organisation"}
    return render(request, "referral/organisations/organisation_edit.html", context)


@require_safe
def unmet_needs(request):
    """Show refusals for lack of places beside declared places, for a coordination over its territories."""
    if not (request.actor.has(Role.COORDINATOR) and request.actor.agency.is_coordination):
        raise NotAllowed("unmet")
    return render(request, "referral/organisations/unmet_needs.html", unmet_needs_selectors.unmet(request.actor.agency))
