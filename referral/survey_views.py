"""« Nos données »: what an organisation brings in, takes out, and the yearly survey, on one page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from agencies.table_writing import TYPES, WRITERS
from journal.operations import record

from . import survey
from .operations import imports
from .refusals import cases_only


def _year(request) -> int:
    """The year asked, this one when none is."""
    text = request.GET.get("year", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 else timezone.localdate().year


@cases_only
@require_GET
def own_data(request):
    """Figures of one's own cases for a year, and the ways in and out for one's own data."""
    found = survey.of_year(request.actor, _year(request))
    record("survey.read")
    context = {"survey": found, "may_import": imports.may_import(request.actor)}
    return render(request, "referral/own_data.html", context)


@cases_only
@require_GET
def survey_file(request, kind):
    """The same figures for a spreadsheet: counts only, no case and no reference."""
    found = survey.of_year(request.actor, _year(request))
    record(f"survey.{kind}")
    columns = [_("Question"), _("Answer"), _("Persons")]
    response = HttpResponse(WRITERS[kind](columns, found.flat()), content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="enquete-{found.year}.{kind}"'
    return response
