"""The section « Accords » of a case: what was agreed to, a child's opinion, what went without agreement."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from agencies.models import Level
from victims.access import who_sees
from victims.models import CaseAccess

from . import agreement_words
from .agreement_forms import ConsentForm, OpinionForm
from .case_forms import CATEGORIES, LEVELS
from .case_frame import framed
from .following import CARRIED, WAITING, follow, with_moves
from .models import LegalShare, Orientation
from .operations import agreements, cases
from .refusals import cases_only
from .workflow import NotAllowed


@cases_only
@require_GET
def case_consents(request, pk):
    """Agreements in force first; for a child its opinion; then what was shared on a legal ground, kept apart."""
    context = framed(request, pk, "consents")
    case, access = context["case"], context["access"]
    rows = LegalShare.objects.visible_to(request.actor).filter(case=case, sent_at__isnull=False)
    context |= {
        "consents": agreement_words.agreements(request.actor, case),
        "opinions": agreement_words.opinions(case) if case.is_minor else [],
        "shares": agreement_words.shares(rows.select_related("sender", "addressee", "opinion")),
        "may_hear": access.lead or access.level >= Level.FILE,
    }
    return render(request, "referral/case_consents.html", context)


@cases_only
@require_http_methods(["GET", "POST"])
def consent_new(request, pk):
    context = framed(request, pk, "consents")
    if not context["access"].lead:
        raise NotAllowed("lead only")
    form = ConsentForm(request.POST or None, actor=request.actor, case=context["case"])
    if form.is_valid():
        agreements.record_consent(request.actor, pk, **form.fields_of_consent())
        messages.success(request, _("Agreement recorded."))
        return redirect("referral:case-consents", pk)
    return render(request, "referral/case_consent.html", {**context, "form": form})


@cases_only
@require_http_methods(["GET", "POST"])
def opinion_new(request, pk):
    """« Avis de l'enfant »: for a child or an age in doubt; another page says so for an adult."""
    context = framed(request, pk, "consents")
    access = context["access"]
    if not (access.lead or access.level >= Level.FILE):
        raise NotAllowed("opinion")
    form = OpinionForm(request.POST or None)
    if form.is_valid():
        agreements.record_opinion(request.actor, pk, **form.fields_of_opinion())
        messages.success(request, _("The child's opinion is recorded."))
        return redirect("referral:case-consents", pk)
    return render(request, "referral/case_opinion.html", {**context, "form": form})


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
        return redirect("referral:case-consents", case.pk) if still else redirect("referral:case-list")
    context = {"consent": consent, "case": case, "who": agreement_words.who(consent), **_ending(request, consent)}
    return render(request, "referral/case_consent_withdraw.html", context)


def _ending(request, consent) -> dict:
    """What a withdrawal ends, as far as the reader sees it: orientations, and agencies with what each keeps."""
    carried = with_moves(Orientation.objects.visible_to(request.actor).filter(consent=consent))
    under_way = follow(carried.filter(state__in=[*WAITING, *CARRIED, Orientation.State.DRAFT]))
    grounds = {consent.pk, *(o.pk for o in under_way)}
    seen = who_sees(request.actor, consent.case)
    losing = [row for row in seen if any(g.ground_id in grounds for g in row["grounds"])]
    for row in losing:
        row["keeps"] = any(g.ground_id not in grounds for g in row["grounds"])
    return {"under_way": under_way, "losing": losing}


@cases_only
@require_GET
def consent_print(request, pk):
    """A paper for the person: a slip that says nothing to whoever finds it, or the whole agreement when she asks for it
    (decision 30). A reference, no name."""
    consent = agreements.visible_consent(request.actor, pk)
    case = cases.read_case(request.actor, consent.case_id)
    (shown,) = [c for c in agreement_words.agreements(request.actor, case) if c.pk == consent.pk]
    told = [words for level, words in LEVELS if level == shown.level]
    told += [words for bit, words in CATEGORIES if shown.categories & bit]
    context = {"case": case, "consent": shown, "told": told, "whole": request.GET.get("view") == "whole"}
    return render(request, "referral/consent_print.html", context)
