"""Show the shared catalogue to everybody, without login."""

from collections import Counter
from datetime import date

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from . import selectors as catalogue_selectors
from .forms import IndicatorFilter
from .words import in_words


@login_not_required
@require_safe
def indicator_list(request):
    shared = catalogue_selectors.current()
    strengths = Counter((i.dimension, i.strength) for i in shared.indicators.values())
    dimensions = [
        (dimension, [(strength, strengths[dimension.code, code]) for code, strength in shared.strengths.items()])
        for dimension in shared.dimensions.values()
    ]
    parts = Counter(i.part for i in shared.indicators.values())
    context = {
        "catalogue": shared,
        "published": date.fromisoformat(shared.date),
        "dimensions": dimensions,
        "rulesets": [
            (ruleset, _by_age_group(ruleset, shared), [shared.parts[code] for code in ruleset.parts])
            for ruleset in shared.rulesets
        ],
        "reading_rules": [in_words(rule) for rule in shared.reading_rules],
        "parts": [(part, parts[part.code]) for part in shared.parts.values()],
    }
    return render(request, "indicators/catalogue/indicator_list.html", context)


def _by_age_group(ruleset, shared):
    """Return the rules in the order they are tried, for adults then for minors: a case meets one side only."""
    return [
        [(rule, shared.results[rule.result]) for rule in ruleset.rules if rule.age_group == group]
        for group in ("adult", "child")
    ]


@login_not_required
@require_safe
def dimension_detail(request, code):
    shared = catalogue_selectors.current()
    if code not in shared.dimensions:
        raise Http404
    form = IndicatorFilter(request.GET, language=(get_language() or "fr")[:2])
    found = [i for i in shared.indicators.values() if i.dimension == code]
    shown = [i for i in found if not form.is_valid() or form.keeps(i)]
    # strongest first, as on the grids
    shown.sort(key=lambda i: (shared.strengths[i.strength].order, i.order))
    context = {
        "catalogue": shared,
        "dimension": shared.dimensions[code],
        "form": form,
        "indicators": [
            (i, shared.strengths[i.strength], shared.parts[i.part], shared.profiles[i.profile]) for i in shown
        ],
        "total": len(found),
    }
    return render(request, "indicators/catalogue/dimension_detail.html", context)
