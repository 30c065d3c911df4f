"""Show public figures: the summary, each series, the survey, the file to print."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from foundation.documents import pdf
from indicators.codes.words import wording
from indicators.models import PackFile
from plans.models.statistics import SMALL
from plans.publication.display import statistics as statistics_display
from plans.publication.display import survey as survey_display


@login_not_required
@require_safe
def statistics(request):
    found = statistics_display.all_series()
    by_code = {series.entry.pk: series for series in found}
    context = {
        "associations": by_code.get(statistics_display.ASSOCIATIONS),
        "police": by_code.get(statistics_display.POLICE),
        "headlines": [
            statistics_display.headline(by_code[code])
            for code in (statistics_display.ASSOCIATIONS, statistics_display.POLICE)
            if code in by_code
        ],
        "others": [s for s in found if s.entry.pk not in (statistics_display.ASSOCIATIONS, statistics_display.POLICE)],
        "disputed": statistics_display.disputed(found),
        "doubtful": statistics_display.doubtful(found),
        "missing": statistics_display.missing(found),
        "small": SMALL,
    }
    return render(request, "plans/publication/public/statistics.html", context)


@login_not_required
@require_safe
def series(request, code):
    found = next((one for one in statistics_display.all_series() if one.entry.pk == code), None)
    if found is None:
        raise Http404
    context = {
        "series": found,
        "rows": statistics_display.lines_of(found),
        "headline": statistics_display.headline(found),
    }
    return render(request, "plans/publication/public/statistics_series.html", context)


@login_not_required
@require_safe
def survey(request, year=None):
    """Show what associations reported together for a year, by default the last published."""
    years = survey_display.years()
    if year is not None and year not in years:
        raise Http404
    chosen = year or next(iter(years), None)
    context = {
        "years": years,
        "told": survey_display.of_year(chosen) if chosen else None,
        "small": SMALL,
    }
    return render(request, "plans/publication/public/statistics_survey.html", context)


@login_not_required
@require_safe
def printed(request):
    found = statistics_display.all_series()
    head = [_("Year"), _("What is counted"), _("Value"), _("Publication")]
    parts = []
    for one in found:
        rows, remarks = statistics_display.printed_lines(one)
        about = _("A series of its own: never added to another.")
        series = {"title": str(wording(one.entry)), "about": about, "head": head, "rows": rows, "notes": remarks}
        parts.append({**series, "columns": [2, 8, 5, 7]})
    file = PackFile.objects.filter(name="statistics.yaml").first()
    notes = [] if file and file.validated_by else [_("Content not validated")]
    content = pdf.render(
        "figures",
        {"notes": notes, "series": parts},
        title=_("Public figures on trafficking"),
        language=get_language(),
        at=file.loaded_at if file else None,
    )
    return HttpResponse(content, content_type="application/pdf")
