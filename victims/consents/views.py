"""Record an agreement or a child's opinion; print an agreement."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from agencies.models import Level
from foundation.view_guards import cases_only
from foundation.workflow import NotAllowed
from victims.cases.access import read_case
from victims.cases.views.frame import framed

from . import display as consents_display
from . import operations as consents
from .forms import ConsentForm, OpinionForm


@cases_only
@require_http_methods(["GET", "POST"])
def consent_new(request, pk):
    context = framed(request, pk, "consents")
    if not context["access"].lead:
        raise NotAllowed("lead only")
    form = ConsentForm(request.POST or None, actor=request.actor, case=context["case"])
    if form.is_valid():
        consents.record_consent(request.actor, pk, **form.fields_of_consent())
        messages.success(request, _("Agreement recorded."))
        return redirect("referral:case-consents", pk)
    return render(request, "victims/consents/consent_new.html", {**context, "form": form})


@cases_only
@require_http_methods(["GET", "POST"])
def opinion_new(request, pk):
    """Record « Avis de l'enfant », for a child or an age in doubt."""
    context = framed(request, pk, "consents")
    access = context["access"]
    if not (access.lead or access.level >= Level.FILE):
        raise NotAllowed("opinion")
    form = OpinionForm(request.POST or None)
    if form.is_valid():
        consents.record_opinion(request.actor, pk, **form.fields_of_opinion())
        messages.success(request, _("The child's opinion is recorded."))
        return redirect("referral:case-consents", pk)
    return render(request, "victims/consents/opinion_new.html", {**context, "form": form})


@cases_only
@require_GET
def consent_print(request, pk):
    """Print an agreement for the person: a neutral slip, or the whole agreement on request (decision 30).

    A reference, no name.
    """
    consent = consents.visible_consent(request.actor, pk)
    case = read_case(request.actor, consent.case_id)
    whole = request.GET.get("view") == "whole"
    shown = consents_display.paper(case, consent, whole=whole)
    context = {"case": case, "consent": consent, "paper": shown, "whole": whole}
    return render(request, "victims/consents/consent_print.html", context)
