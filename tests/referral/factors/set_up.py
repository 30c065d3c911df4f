"""A person with a second factor, and a browser that knows the password."""

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.test import Client
from django.urls import reverse

from foundation.actor import acting_as
from referral.factors.rules import secrets_of
from tests.agencies.accounts.test_views import PASSWORD

SECRET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
STEP, INSIDE = reverse("referral:second-step"), reverse("profile")


def give_app(member, secret=SECRET) -> Authenticator:
    with acting_as(member), secrets_of(member.user_id):
        row = totp.TOTP.activate(member.user, secret).instance
    member.user.refresh_from_db()
    return row


def give_codes(member) -> list[str]:
    with acting_as(member), secrets_of(member.user_id):
        return RecoveryCodes.activate(member.user).generate_codes()


def code(secret=SECRET, later=0) -> str:
    step = next(iter(totp.yield_hotp_counters_from_time())) + settings.MFA_TOTP_TOLERANCE + later
    return totp.format_hotp_value(totp.hotp_value(secret, step))


def half(member, **extra) -> Client:
    """A browser after the password."""
    client = Client(**extra)
    assert client.post(reverse("login"), {"username": member.user.email, "password": PASSWORD}).status_code == 302
    return client


def is_in(client) -> bool:
    return client.get(INSIDE).status_code == 200


def show(client, typed, member):
    return client.post(STEP, {"code": typed, "_membership": member.pk})
