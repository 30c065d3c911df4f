"""Page « Partages sans l'accord de la personne »: everything sent on a legal ground."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from foundation.paging import Keyset
from foundation.workflow import NotAllowed
from referral.models import LegalShare
from referral.sharing.display import shares
from referral.sharing.operations import record_listing

NEWEST = Keyset("sent_at", "orientation_id")


@require_safe
def legal_shares(request):
    """List shares: for members who see cases, those they lead, read or sent; for auditors all, without reasons."""
    if request.actor.sight not in ("case", "journal"):
        raise NotAllowed("cases")
    rows = LegalShare.objects.visible_to(request.actor).filter(sent_at__isnull=False)
    rows = rows.select_related("sender", "addressee", "opinion")
    page = NEWEST.asked(rows, request)
    record_listing()
    audit = request.actor.sight == "journal"
    context = {"page": page, "rows": shares(page), "audit": audit, "section": "referral:legal-shares"}
    return render(request, "referral/sharing/legal_shares.html", context)
