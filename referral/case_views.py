"""Cases: the list, one case, its agreements, who works on it."""

from django.shortcuts import render
from django.views.decorators.http import require_GET, require_safe

from agencies.paging import Keyset
from victims.access import who_sees
from victims.models import CaseAccess, Consent

from . import sheet_words
from .case_forms import consents_in_words
from .case_frame import framed
from .child_path import child_path
from .code_labels import CONSENT_PURPOSES, FORMS, labels
from .filters import CaseAccessFilter
from .following import follow, next_step, with_moves
from .languages import read_as
from .lists import listing
from .models import Alert, Orientation
from .refusals import cases_only

NEWEST = Keyset("received_at", "case")


@cases_only
@require_safe
def case_list(request):
    """Every case of the agency; one of which it knows the state only is a line and leads nowhere."""
    rows = CaseAccess.objects.of(request.actor).select_related("territory")
    context = listing(request, CaseAccessFilter(request.GET, rows, request=request), NEWEST, code="cases")
    forms = labels(FORMS)[FORMS]
    for row in context["page"]:
        row.form_words = forms.get(row.form, row.form)
    return render(request, "referral/case_list.html", context)


@cases_only
@require_GET
def case_detail(request, pk):
    """The summary of a case: what it waits for, its orientations, agreements, and who sees it."""
    context = framed(request, pk, "summary")
    case, access = context["case"], context["access"]
    followed = follow(with_moves(Orientation.objects.visible_to(request.actor).filter(case=case)))
    context |= {
        "form_words": labels(FORMS)[FORMS].get(case.form, case.form),
        "language": read_as(case.language),
        "orientations": followed,
        "next_step": next_step(case, access.lead, followed, request.actor.agency_id),
        "child": child_path(request.actor, access, followed),
        "consents": _consents(case),
        "sees": who_sees(request.actor, case),
        "alerts": Alert.objects.visible_to(request.actor).filter(links__case=case),
    }
    # what the page itself prints needs no counting
    context["seen_by"] = len(context["sees"])
    context["agreements"] = sum(consent.is_live for consent in context["consents"])
    return render(request, "referral/case_detail.html", context)


@cases_only
@require_GET
def case_signs(request, pk):
    """Signs, assessment and story: level 3."""
    context = framed(request, pk, "signs")
    case = context["case"]
    assessment = case.assessments.first()
    seen = [{"indicator": o.indicator, "value": o.value} for o in case.observations.all()]
    context |= {
        "signs": sheet_words.signs(seen),
        "stories": [(text.at, sheet_words.story(text.data)) for text in case.texts.all()],
        "reading": sheet_words.reading(assessment.result) if assessment else None,
    }
    return render(request, "referral/case_signs.html", context)


def _consents(case) -> list[Consent]:
    """Agreements with their recipients and purpose in words, newest first."""
    consents = list(case.consents.all())
    who, purposes = dict(consents_in_words(consents)), labels(CONSENT_PURPOSES)[CONSENT_PURPOSES]
    for consent in consents:
        consent.who = who[f"consent:{consent.pk}"]
        consent.purpose_words = purposes.get(consent.purpose, consent.purpose)
    return consents
