"""Page « Nos données »: import, export and yearly survey of an organisation."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from foundation.tables.writing import TYPES, WRITERS
from foundation.view_guards import cases_only
from foundation.workflow import NotAllowed
from journal.operations import record
from referral.imports import operations as imports
from referral.survey.operations import answers as acts

from .selectors import answers as survey_selectors

YEARS = range(2000, 2100)


def _year(request) -> int:
    """Return the year asked for, by default the current one."""
    text = request.GET.get("year", "")
    return int(text) if text in {str(year) for year in YEARS} else timezone.localdate().year


@cases_only
@require_GET
def own_data(request):
    """Show the figures of one's own cases for a year, and the imports and exports."""
    found = acts.read_year(request.actor, _year(request))
    context = {"survey": found, "may_import": imports.may_import(request.actor), **_handing_over(request.actor, found)}
    return render(request, "referral/survey/own_data.html", context)


def _handing_over(actor, found: survey_selectors.Survey) -> dict:
    """Return the state of the survey for an association; empty for others."""
    if not acts.answers(actor):
        return {}
    last = timezone.localdate().year - 1
    answer = acts.answer_of(actor, found.year)
    waits = acts.takes_answers(last) and acts.answer_of(actor, last) is None
    return {
        "handing": True,
        "takes": acts.takes_answers(found.year),
        "last_day": acts.last_day(found.year),
        "answer": answer,
        "changed": answer is not None and answer.data != found.handed_over(),
        "published": acts.published(found.year),
        "runs": found.year > last,
        "waits": last if waits and last != found.year else None,
    }


@cases_only
@require_http_methods(["GET", "POST"])
def survey_send(request, year):
    """Show what leaves, and send it."""
    if not acts.answers(request.actor):
        raise NotAllowed("survey")
    if year not in YEARS:
        raise Http404
    if request.method == "POST":
        acts.hand_over(request.actor, year)
        messages.success(request, _("Handed over. The public reads it added to that of the others, after the survey."))
        return redirect(f"{reverse('referral:own-data')}?year={year}")
    found = survey_selectors.of_year(request.actor, year)
    context = {"survey": found, **_handing_over(request.actor, found)}
    return render(request, "referral/survey/survey_send.html", context)


@cases_only
@require_GET
def survey_file(request, kind):
    """Return the figures as a spreadsheet: counts only, no case and no reference."""
    found = survey_selectors.of_year(request.actor, _year(request))
    record(f"survey.{kind}")
    columns = [_("Question"), pgettext("survey", "Answer"), _("People")]
    response = HttpResponse(WRITERS[kind](columns, found.flat()), content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="enquete-{found.year}.{kind}"'
    return response
