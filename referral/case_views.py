"""Cases: the list, one case, its agreements, its identity, who works on it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from agencies.models import Category, Level
from agencies.paging import Keyset
from victims.access import who_sees
from victims.models import CaseAccess, Consent, Contact

from . import sheet_words
from .case_forms import ConsentForm, IdentityForm, consents_in_words
from .case_frame import framed
from .code_labels import CONSENT_PURPOSES, FORMS, labels
from .filters import CaseAccessFilter
from .following import CARRIED, WAITING, follow, next_step, with_moves
from .lists import listing
from .models import Alert, Orientation
from .operations import agreements, cases
from .refusals import cases_only
from .workflow import NotAllowed

NEWEST = Keyset("received_at", "case")


@cases_only
@require_safe
def case_list(request):
    """Every case of the agency; one of which it knows the state only is a line and leads nowhere."""
    rows = CaseAccess.objects.of(request.actor).select_related("territory")
    context = listing(request, CaseAccessFilter(request.GET, rows, request=request), NEWEST)
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
        "language": sheet_words.language(case.language),
        "orientations": followed,
        "next_step": next_step(case, access.lead, followed),
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


@cases_only
@require_http_methods(["GET", "POST"])
def case_identity(request, pk):
    """Who the person is. Shown after a POST only, each time journalled; entered by a lead, on an agreement."""
    case = cases.visible_case(request.actor, pk)
    access = CaseAccess.objects.of(request.actor, Level.SUMMARY).get(case=pk)
    consents = [c for c in case.consents.all() if c.is_live and c.categories & Category.IDENTITY]
    may_enter = access.lead and bool(request.actor.agency.may_hold & Category.IDENTITY)
    if not may_enter and not access.categories & (Category.IDENTITY | Category.CONTACT):
        raise Http404
    act = request.POST.get("act", "")
    form = IdentityForm(request.POST if act == "enter" else None, consents=consents) if may_enter else None
    if act == "enter" and form and form.is_valid():
        consent = form.consents[form.cleaned_data["consent"]]
        cases.enter_identity(request.actor, pk, consent=consent, data=form.parts())
        messages.success(request, _("Identity recorded. Each reading of it is journalled."))
        return redirect("referral:case-identity", pk)
    context = {"case": case, "access": access, "form": form, "consents": consents}
    if act == "reveal":
        context |= _revealed(request.actor, case, access)
    return render(request, "referral/case_identity.html", context)


def _revealed(actor, case, access) -> dict:
    identity = cases.read_identity(actor, case.pk) if access.categories & Category.IDENTITY else None
    contacts = Contact.objects.filter(case=case) if access.categories & Category.CONTACT else []
    return {
        "revealed": True,
        "identity": sheet_words.identity(identity.data) if identity else [],
        "ways": [sheet_words.said_contact(contact.data) for contact in contacts],
    }


@cases_only
@require_http_methods(["GET", "POST"])
def consent_new(request, pk):
    case = cases.visible_case(request.actor, pk)
    if not CaseAccess.objects.of(request.actor).filter(case=pk, lead=True).exists():
        raise NotAllowed("lead only")
    form = ConsentForm(request.POST or None, actor=request.actor)
    if form.is_valid():
        agreements.record_consent(request.actor, pk, **form.fields_of_consent())
        messages.success(request, _("Agreement recorded."))
        return redirect("referral:case-detail", pk)
    return render(request, "referral/case_consent.html", {"case": case, "form": form})


@cases_only
@require_http_methods(["GET", "POST"])
def consent_withdraw(request, pk):
    """Asks first, and says exactly what ends: orientations under way, and the access of whom."""
    consent = agreements.visible_consent(request.actor, pk)
    case = consent.case
    if request.method == "POST":
        agreements.withdraw_consent(request.actor, pk)
        messages.success(request, _("Agreement withdrawn. What it carried has ended."))
        still = CaseAccess.objects.of(request.actor, Level.SUMMARY).filter(case=case.pk).exists()
        return redirect("referral:case-detail", case.pk) if still else redirect("referral:case-list")
    carried = with_moves(Orientation.objects.visible_to(request.actor).filter(consent=consent))
    under_way = follow(carried.filter(state__in=[*WAITING, *CARRIED, Orientation.State.DRAFT]))
    grounds = {consent.pk, *(o.pk for o in under_way)}
    losing = [row for row in who_sees(request.actor, case) if any(g.ground_id in grounds for g in row["grounds"])]
    for row in losing:
        row["keeps"] = any(g.ground_id not in grounds for g in row["grounds"])
    context = {"consent": consent, "case": case, "under_way": under_way, "losing": losing, "who": _who(consent)}
    return render(request, "referral/case_consent_withdraw.html", context)


def _who(consent) -> str:
    return next(words for _key, words in consents_in_words([consent]))
