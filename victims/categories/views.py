"""Sections « Santé », « Auteurs présumés » and « Séjour », for holders of the category; shown on demand."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.models import Category
from foundation.view_guards import cases_only, known_act
from victims.cases.views.frame import framed

from . import display as categories_display
from . import operations as categories
from .forms import HealthForm, OffenceForm, ResidenceForm

FORMS = {Category.HEALTH: HealthForm, Category.OFFENCE: OffenceForm, Category.RESIDENCE: ResidenceForm}


@cases_only
@require_http_methods(["GET", "POST"])
def case_health(request, pk):
    return _section(request, pk, Category.HEALTH)


@cases_only
@require_http_methods(["GET", "POST"])
def case_offence(request, pk):
    return _section(request, pk, Category.OFFENCE)


@cases_only
@require_http_methods(["GET", "POST"])
def case_residence(request, pk):
    return _section(request, pk, Category.RESIDENCE)


def _section(request, pk, bit):
    """Show one category.

    Content is shown after a POST only, and each time journalled; a correction is a new entry.
    """
    name, act = categories.NAMES[bit], known_act(request, "write", "correct", "reveal")
    context = framed(request, pk, name)
    form = FORMS[bit](request.POST if act == "write" else None)
    if form.is_valid():
        replaces = form.cleaned_data["replaces"]
        categories.write_entry(request.actor, pk, bit, data=form.kept(), replaces=replaces)
        messages.success(request, _("Recorded. Each reading of it is logged."))
        return redirect(f"referral:case-{name}", pk)
    if act == "correct":
        entry = categories.read_entry(request.actor, pk, bit, request.POST.get("entry", ""))
        form = FORMS[bit](initial={**entry.data, "replaces": entry.pk})
    entries = _revealed(request, pk, bit, name) if act == "reveal" else []
    context |= {"name": name, "form": form, "entries": entries, "revealed": act == "reveal"}
    return render(request, "victims/categories/case_category.html", context)


def _revealed(request, pk, bit, name) -> list:
    """Return the entries in words. Current ones may be corrected, except those that came with the alert."""
    found = categories.read_entries(request.actor, pk, bit)
    for entry, said in zip(found, categories_display.facts(name, [e.data for e in found]), strict=True):
        entry.facts = said
        entry.corrected = categories.is_corrected(entry)
    return found
