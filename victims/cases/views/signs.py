"""Page « Signs and assessment » of a case."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from foundation.view_guards import cases_only
from victims.cases.display import reading, signs, story, ticked_words

from .frame import framed


@cases_only
@require_GET
def case_signs(request, pk):
    """Show signs, assessment and story (level 3)."""
    context = framed(request, pk, "signs")
    case = context["case"]
    assessment = case.assessments.first()
    seen = [{"indicator": o.indicator, "value": o.value} for o in case.observations.all()]
    texts = list(case.texts.all())
    words = ticked_words(assessment.result if assessment else None, [text.data for text in texts])
    context |= {
        "signs": signs(seen, words),
        "stories": [(text.at, story(text.data)) for text in texts],
        "reading": reading(assessment.result) if assessment else None,
    }
    return render(request, "victims/cases/case_signs.html", context)
