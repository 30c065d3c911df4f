"""Show and enter the identity. Shown after a POST only, each time journalled; entered by a lead, on an agreement."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.models import Category
from foundation.view_guards import cases_only
from victims.cases.views.frame import framed, may_enter_identity
from victims.cases.words import contact_in_words

from . import display as identity_display
from .forms import LISTS, IdentityForm
from .operations import enter_identity, has_identity, identity_needs_consent, read_contacts, read_identity


@cases_only
@require_http_methods(["GET", "POST"])
def case_identity(request, pk):
    """Show or record the identity.

    Page, answer and response time do not reveal whether another case concerns the same person.
    """
    context = framed(request, pk, "identity")
    access, act = context["access"], request.POST.get("act", "")
    may_enter = may_enter_identity(request.actor, access)
    if not may_enter and not access.categories & (Category.IDENTITY | Category.CONTACT):
        raise Http404
    holds = bool(access.categories & Category.IDENTITY)
    if act == "reveal":
        return render(
            request, "victims/identity/case_identity.html", {**context, **_revealed(request.actor, access, may_enter)}
        )
    if may_enter:
        form = _form(request, access, act)
        if act == "enter" and form.is_valid():
            consent = form.consents.get(form.cleaned_data.get("consent"))
            enter_identity(request.actor, pk, consent=consent, data=form.parts())
            messages.success(request, _("Identity recorded. Each reading of it is logged."))
            return redirect("referral:case-identity", pk)
        recorded = holds and has_identity(context["case"])
        writes = bool(act) or not recorded
        context |= {"form": form, "recorded": recorded, "writes": writes, "act": act}
    return render(request, "victims/identity/case_identity.html", context)


def _form(request, access, act) -> IdentityForm:
    """Return the form empty, filled with recorded data (a reading), with one more line, or as sent."""
    case = access.case
    consents = [c for c in case.consents.all() if c.is_live and c.categories & Category.IDENTITY]
    needs = identity_needs_consent(case, access)
    more = act.removeprefix("more_") if act.startswith("more_") and act.removeprefix("more_") in LISTS else ""
    known = None
    if act == "correct" and access.categories & Category.IDENTITY:
        identity = read_identity(request.actor, case.pk)
        known = identity.data if identity else None
    data = request.POST if act == "enter" or more else None
    return IdentityForm(data, consents=consents, needs_consent=needs, known=known, more=more)


def _revealed(actor, access, may_enter: bool) -> dict:
    case, found = access.case, access.categories
    identity = read_identity(actor, case.pk) if found & Category.IDENTITY else None
    contacts = read_contacts(actor, case.pk) if found & Category.CONTACT else []
    return {
        "revealed": True,
        "may_correct": may_enter and identity is not None,
        "identity": identity_display.identity(identity.data) if identity else [],
        "ways": [contact_in_words(contact.data) for contact in contacts],
    }
