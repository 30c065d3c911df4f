"""An account's password: given against a code, or changed by its person."""

from django.contrib.auth import password_validation
from django.db import transaction

from agencies.accounts import operations as accounts
from agencies.models import User
from foundation.errors import guarded
from journal.operations import record


def activate(email: str, code: str, password: str) -> User | None:
    """Use a code; None when code and address do not go together. Every session of the account ends with its former
    password. Raises ValidationError, and leaves the code as it is, for a password too close to the person's name."""
    with transaction.atomic():
        user = accounts.use_code(email, code, password)
        if user is None:
            return None
        password_validation.validate_password(password, user)
        record("account.activate", user)
    return user


def change_password(actor, password: str) -> str:
    """The actor's own; the caller asked for the old one. Returns the new digest, which the running session needs."""
    with guarded():
        secret = accounts.set_own_password(password)
    record("account.password", actor.user)
    return secret
