"""Read the forms kept for a member."""

from agencies.models import Draft, KeptForm, Membership, User
from foundation.actor import acting_as

from .rules import account, browser_digests, places_of, proves


def former_member(proof: str, membership: int | None) -> Membership | None:
    """Return the membership under which a form was opened, when its account was signed in with this browser.

    None when the account or the membership has ended, or when the proof is not the account's.
    """
    user = User.objects.filter(pk=account(proof), is_active=True).first()
    if user is None or not proves(proof, user):
        return None
    return Membership.objects.live().filter(user=user, pk=membership).select_related("agency").first()


def kept_forms(actor, browser: str) -> list[KeptForm]:
    """Return the forms this member may take back in this browser, the newest first."""
    return list(KeptForm.objects.of(actor, browser_digests(browser))) if browser else []


def member_of_kept(user, browser: str) -> Membership | None:
    """Return the membership of the newest form kept for an account in this browser, None without one."""
    found = []
    for member in Membership.objects.live().filter(user=user).select_related("agency").order_by("pk"):
        with acting_as(member):
            found += [(form.at, member.pk, member) for form in kept_forms(member, browser)[:1]]
    return max(found)[2] if found else None


def drafts_of(actor, keys: list[str]) -> dict[str, Draft]:
    """Return the drafts of these forms that this member was writing."""
    places = {place: key for key in keys for place in places_of(key)}
    return {places[draft.place]: draft for draft in Draft.objects.of(actor).filter(place__in=places)}
