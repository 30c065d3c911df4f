"""Section « Accords » of a case, and withdrawal. In referral and not in victims: a withdrawal ends orientations."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods

from agencies.models import Level
from foundation.view_guards import cases_only
from referral.htcds.selectors import AGREED
from referral.models import LegalShare, Orientation
from referral.orientations.display.progress import with_last_move, with_moves
from referral.orientations.rules import CARRIED, WAITING
from referral.sharing import display as sharing_display
from referral.sharing.display import shares
from victims.access.access import who_sees
from victims.cases.views.frame import framed
from victims.consents import display as consents_display
from victims.consents import operations as consents
from victims.models import CaseAccess


@cases_only
@require_GET
def case_consents(request, pk):
    """Show agreements, current first; opinions of a child; then what was shared on a legal ground."""
    context = framed(request, pk, "consents")
    case, access = context["case"], context["access"]
    rows = LegalShare.objects.visible_to(request.actor).filter(case=case, sent_at__isnull=False)
    context |= {
        "consents": sharing_display.with_requests(request.actor, case, consents_display.agreements(case)),
        "opinions": consents_display.opinions(case) if case.is_minor else [],
        "shares": shares(rows.select_related("sender", "addressee", "opinion")),
        "may_hear": access.lead or access.level >= Level.FILE,
    }
    return render(request, "referral/sharing/case_consents.html", context)


# what a withdrawal ends besides requests and accesses, by what the agreement is for
_TABLES = _lazy(
    "This case no longer goes into tables in the HTCDS standard, unless another agreement in force allows it."
)
ENDS = {
    "record": _TABLES,
    "share_named": _TABLES,
    "statistics": _lazy(
        "This case is no longer counted in the yearly survey, unless another agreement in force allows it."
    ),
    "contact": _lazy("Do not contact the person again on this agreement."),
    "participation": _lazy("The person no longer takes part in the evaluation."),
}


@cases_only
@require_http_methods(["GET", "POST"])
def consent_withdraw(request, pk):
    """Confirm and withdraw, with the orientations and accesses that end."""
    consent = consents.visible_consent(request.actor, pk)
    case = consent.case
    if request.method == "POST":
        consents.withdraw_consent(request.actor, pk)
        messages.success(request, _("Agreement withdrawn. What it carried has ended."))
        still = CaseAccess.objects.of(request.actor, Level.SUMMARY).filter(case=case.pk).exists()
        return redirect("referral:case-consents", case.pk) if still else redirect("referral:case-list")
    context = {
        "consent": consent,
        "case": case,
        "who": consents_display.recipients_of(consent),
        "purpose": consents_display.purpose_of(consent),
        "besides": ENDS.get(consent.purpose) if consent.purpose not in AGREED or consent.names(case.lead) else "",
        **_ending(request, consent),
    }
    return render(request, "referral/sharing/consent_withdraw.html", context)


def _ending(request, consent) -> dict:
    """Return what a withdrawal ends, as far as the reader sees it: orientations, and agencies with what each keeps."""
    carried = with_moves(Orientation.objects.visible_to(request.actor).filter(consent=consent))
    under_way = with_last_move(carried.filter(state__in=[*WAITING, *CARRIED, Orientation.State.DRAFT]))
    grounds = {consent.pk, *(o.pk for o in under_way)}
    seen = who_sees(request.actor, consent.case)
    losing = [row for row in seen if any(g.ground_id in grounds for g in row["grounds"])]
    for row in losing:
        row["keeps"] = any(g.ground_id not in grounds for g in row["grounds"])
    return {"under_way": under_way, "losing": losing}
