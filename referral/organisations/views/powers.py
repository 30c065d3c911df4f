"""Pages of what agencies may do: asked by the national coordination, agreed to by a second coordinator."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Agency, Category
from referral.organisations.forms.powers import PowersForm
from referral.organisations.operations import powers as operations

PER_PAGE = 50
ASKED = _("Asked. It holds once a second coordinator agrees: they are told.")
SECTION = {"section": "referral:desk-changes"}


@require_safe
def powers_list(request):
    """List the agencies, to choose one."""
    rows, words = operations.agencies(request.actor), request.GET.get("q", "").strip()
    for word in words.split():
        rows = rows.filter(name__icontains=word)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "referral/organisations/powers_list.html", {"page": page, "q": words, **SECTION})


@require_http_methods(["GET", "HEAD", "POST"])
def powers(request, pk):
    """Show what an agency may do, and ask for more."""
    found = operations.agency(request.actor, pk)
    form = PowersForm(request.POST or None, lacking=operations.lacking(found))
    if request.method == "POST" and form.is_valid():
        batch = operations.ask(request.actor, found.pk, form.wanted())
        messages.success(request, ASKED)
        if form.cleaned_data.get("office"):  # decided by the coordination of its place, which alone reads it
            return redirect("referral:powers", found.pk)
        return redirect("referral:desk-change", batch)
    context = {
        "agency": found,
        "office": Agency.Office(found.office_held).label if found.office_held else "",
        "holds": Category.of(found.may_hold),
        "services": found.desk.services.all(),
        "form": form,
        "somebody_reads": operations.somebody_reads(found),
        **SECTION,
    }
    return render(request, "referral/organisations/powers.html", context)
