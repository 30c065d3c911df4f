"""Present what is shared with and without an agreement."""

from referral.models import LegalReason, LegalShare, Orientation
from referral.orientations.rules import CARRIED, WAITING


def shares(rows) -> list[LegalShare]:
    """Return shares on a legal ground, each with `words`: the reason, for those who may read it."""
    found = list(rows)
    reasons = {r.share_id: r.data for r in LegalReason.objects.filter(share__in=[share.pk for share in found])}
    for share in found:
        share.words = reasons.get(share.pk, "")
    return found


def with_requests(actor, case, consents: list) -> list:
    """Set on each agreement `carries`: the orientations based on it, as far as the reader sees them."""
    carried: dict = {}
    orientations = Orientation.objects.visible_to(actor).filter(case=case, state__in=[*WAITING, *CARRIED])
    for orientation in orientations.select_related("addressee"):
        carried.setdefault(orientation.consent_id, []).append(orientation)
    for consent in consents:
        consent.carries = carried.get(consent.pk, [])
    return consents
