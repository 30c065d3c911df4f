"""Page « Signs and assessment » of a case, and the warning of an employer's immunity."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from foundation.view_guards import cases_only, posted
from victims.cases.display import reading, signs, story, ticked_words
from victims.cases.operations import warn_of_immunity

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


@cases_only
@posted("referral:case-detail")
def case_warn(request, pk):
    """Warn all who read the case that the employer has diplomatic immunity: the lead, once."""
    warn_of_immunity(request.actor, pk)
    messages.success(request, _("The warning stands on the case. All the services that see it are told."))
    return redirect("referral:case-detail", pk)
