"""Codes of the second factor of demonstration accounts: their secret is published, so that anybody may look around."""

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp

from referral.factors.operations import LAST
from referral.factors.rules import sealed, unsealed

from .people import TOTP_SECRET


def give(user, using: str) -> None:
    """Give an account the published factor, unless it has one."""
    if not Authenticator.objects.using(using).filter(user=user).exists():
        data = {"secret": sealed(TOTP_SECRET, user.pk)}
        Authenticator(user=user, type=Authenticator.Type.TOTP, data=data).save(using=using)


def code_of(user) -> str | None:
    """Return a code that is taken now, "" when they were all used; None for an account with a secret of its own."""
    row = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if row is None or unsealed(row.data["secret"], user.pk) != TOTP_SECRET:
        return None
    steps = [step for step in totp.yield_hotp_counters_from_time() if step > row.data.get(LAST, 0)]
    return totp.format_hotp_value(totp.hotp_value(TOTP_SECRET, steps[len(steps) // 2])) if steps else ""
