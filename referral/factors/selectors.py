"""Read the second factors of a person."""

from allauth.mfa.models import Authenticator


def own(user):
    """Return the factors of a person, the first set up first; without recovery codes, which are none of their own."""
    rows = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return rows.order_by("created_at", "pk")


def has_passkey(user) -> bool:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).exists()


def was_taken_away(user) -> bool:
    """Return whether two people took the factors of this person away: a code told by voice is asked before another."""
    return user.factor_at is not None and not Authenticator.objects.filter(user=user).exists()
