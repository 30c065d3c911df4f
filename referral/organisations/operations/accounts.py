"""Set the password of an account with a code, or change it as its owner."""

from django.contrib.auth import password_validation
from django.db import transaction

from agencies.accounts import operations as accounts
from agencies.models import User
from foundation.errors import guarded
from journal.operations import record
from notifications.operations.events import tell_person


def activate(email: str, code: str, password: str) -> User | None:
    """Use a code; return None when code and address do not match.

    The former password ends, and with it every session. Raises ValidationError, and leaves the code valid, for a
    password that is common, easy to guess or too close to the person's name.
    """
    with transaction.atomic():
        user = accounts.use_code(email, code, password)
        if user is None:
            return None
        password_validation.validate_password(password, user)
        record("account.activate", user)
        tell_person("account_changed", user)
    return user


def tell_locked(email: str) -> None:
    """Tell a person and its administrators that wrong passwords or codes closed its account somewhere; once a day.

    The worker is not woken: the answer to a wrong password would take longer where there is an account.
    """
    user = User.objects.filter(email=email).first()
    if user is not None and accounts.note_locked(user):
        record("account.locked", user)


def change_password(actor, password: str) -> str:
    """Change the actor's own password. The caller has checked the old one.

    Returns the new hash, which the current session needs.
    """
    with guarded():
        secret = accounts.set_own_password(password)
    record("account.password", actor.user)
    tell_person("account_changed", actor.user)
    return secret
