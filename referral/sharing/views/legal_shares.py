"""« Partages sans accord »: everything that left on a legal ground, in one place."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from foundation.paging import BadCursor, Keyset
from foundation.workflow import NotAllowed
from journal.operations import record
from referral.models import LegalShare
from referral.sharing.display import shares

NEWEST = Keyset("sent_at", "orientation_id")


@require_safe
def legal_shares(request):
    """For members who see cases: of those they lead, read or sent. For those who audit: all, without any reason."""
    if request.actor.sight not in ("case", "journal"):
        raise NotAllowed("cases")
    rows = LegalShare.objects.visible_to(request.actor).filter(sent_at__isnull=False)
    rows = rows.select_related("sender", "addressee", "opinion")
    try:
        page = NEWEST.page(rows, request.GET.get("cursor", ""))
    except BadCursor:  # an address cut by hand: the first page, rather than an error
        page = NEWEST.page(rows)
    record("legal_shares.list")
    audit = request.actor.sight == "journal"
    context = {"page": page, "rows": shares(page), "audit": audit, "section": "referral:legal-shares"}
    return render(request, "referral/sharing/legal_shares.html", context)
