"""Page of the own reference and of the nickname of a case."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.members.rules import WORKS
from agencies.models import Level
from foundation.view_guards import cases_only
from foundation.workflow import NotAllowed
from victims.models import CaseAccess

from .display import refuse, said_of_namesakes
from .forms import LabelFields
from .operations import Taken, set_label
from .selectors import own_labels, typed_for


@cases_only
@require_http_methods(["GET", "POST"])
def case_label(request, pk):
    """Show and change both, at any level of access. It shows nothing else of the case, so no reading is counted."""
    access = CaseAccess.objects.of(request.actor).filter(case=pk).first()
    if access is None:
        raise Http404
    if not request.actor.has(*WORKS):
        raise NotAllowed("label")
    label = own_labels(request.actor, [pk]).get(pk)
    twin = None
    initial = label.data if label else typed_for(request.actor, pk)
    form = LabelFields(request.POST if request.method == "POST" else None, initial=initial)
    page = (
        reverse("referral:case-detail", args=[pk]) if access.level >= Level.SUMMARY else reverse("referral:case-list")
    )
    if form.is_valid():
        try:
            label = set_label(request.actor, pk, **form.cleaned_data)
        except Taken as taken:
            twin = refuse(form, request.actor, taken)
        else:
            messages.success(request, _("Recorded. Only your organisation reads it."))
            for said in said_of_namesakes(request.actor, label):
                messages.warning(request, said)
            return redirect(page)
    context = {"access": access, "form": form, "twin": twin, "page": page, "section": "referral:case-list"}
    return render(request, "victims/own_labels/case_label.html", context)
