"""Pages « Tableau de bord » of a coordination unit: its figures to work with, and those that may leave it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from foundation.tables.writing import TYPES, WRITERS
from foundation.view_guards import cases_only
from journal.operations import record

from . import display
from .forms import CountForm, of_quarter, quarter
from .selectors import counted, national_quarters
from .selectors import national as figures_of_all_cases


@cases_only
@require_safe
def dashboard(request):
    """Show the exact figures of the unit's own alerts and requests."""
    form = CountForm(request.GET or None, initial={"period": "13"})
    asked = form.asked() if form.is_bound else CountForm({}).asked()
    found = counted(request.actor, asked)
    context = {"form": form, "asked": asked, "found": found, **display.shown(found, asked)}
    return render(request, "referral/dashboard/dashboard.html", context)


@cases_only
@require_safe
def national(request):
    """Show what is kept of all cases, a quarter that is over at a time: nothing is counted here, nothing is chosen."""
    known = national_quarters(request.actor)
    asked = request.GET.get("trimestre", "")
    first = next((day for day in known if day.isoformat() == asked), next(iter(known), None))
    page = display.of_all_cases(*figures_of_all_cases(request.actor, first)) if first else {}
    quarters = [(day, _quarter(day)) for day in known]
    context = {"first": first, "title": first and _quarter(first), "quarters": quarters, **page}
    return render(request, "referral/dashboard/dashboard_national.html", context)


@cases_only
@require_safe
def shared(request):
    """Show the figures of a quarter that is over, without filter, small numbers masked: to print or to send."""
    first, known = quarter(request.GET.get("trimestre", ""))
    page = display.shown(counted(request.actor, of_quarter(first)), of_quarter(first), masked=True)
    quarters = [(day, _quarter(day)) for day in known]
    context = {"first": first, "title": _quarter(first), "quarters": quarters, **page}
    return render(request, "referral/dashboard/dashboard_shared.html", context)


@cases_only
@require_safe
def shared_file(request, kind):
    """Return the same figures as a table."""
    first, _known = quarter(request.GET.get("trimestre", ""))
    page = display.shown(counted(request.actor, of_quarter(first)), of_quarter(first), masked=True)
    record(f"dashboard.{kind}")
    columns = [_("Figure"), pgettext("of a figure", "Detail"), _("Value")]
    response = HttpResponse(WRITERS[kind](columns, display.flat(page)), content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="tableau-de-bord-{first}.{kind}"'
    return response


def _quarter(first) -> str:
    number = (first.month + 2) // 3
    said = ngettext("First quarter of %(year)s", "Quarter %(n)s of %(year)s", number)
    return said % {"n": number, "year": date_format(first, "Y")}
