"""Issue and use activation codes and passwords, through functions of the database called from here only.

A code has sixteen digits, about 53 bits: told by voice, nothing to spell, typed on any phone. It is valid for 72 hours.
Only its keyed digest is stored, bound to the address.
"""

import secrets
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import connection

from agencies.models import Membership, User
from agencies.models.accounts import COST
from agencies.models.units import FORMER
from foundation.encryption import digests
from foundation.statements.signing import sign, signature_of, tell

DIGITS, GROUP = 16, 4


def new_code() -> str:
    """Return a random code of DIGITS digits."""
    return "".join(secrets.choice("0123456789") for _ in range(DIGITS))


def grouped(code: str) -> list[str]:
    """Return the code in groups of four, as it is read aloud."""
    return [code[at : at + GROUP] for at in range(0, len(code), GROUP)]


def digest(email: str, code: str) -> str:
    """Return the keyed digest to store of a code for an address, without spaces, dashes and capitals."""
    return _digests(email, code)[0]


def _digests(email: str, code: str) -> list[str]:
    digits = "".join(sign for sign in code if sign in "0123456789")
    return digests("activation code", f"{email.strip().lower()}\n{digits}")


def address_taken(email: str, agency_id: int | None = None) -> str:
    """Return why this address cannot have a new account: `here` (in this agency), `elsewhere`; empty when it can."""
    if email.lower().endswith(f"@{FORMER}") or is_shut(email):
        return "elsewhere"
    user = User.objects.filter(email=email.lower()).first()
    if user is None:
        return ""
    if agency_id and user.memberships.filter(agency=agency_id).exists():
        return "here"
    return "elsewhere" if user.memberships.filter(active=True).exists() or not user.is_active else ""


def shut_digests(email: str) -> list[str]:
    """Return the keyed digests under which the address of an account that was shut for good is remembered."""
    return digests("address shut for good", email.strip().lower())


def is_shut(email: str) -> bool:
    """Return whether this was the address of an account that was shut for good, and then forgotten."""
    return User.objects.filter(email__in=[f"{one}@{FORMER}" for one in shut_digests(email)]).exists()


def make_code(membership_id: int) -> tuple[str, datetime]:
    """Return a new code for a member of the acting administrator's agency, and its end. The former code ends.

    The code itself is not stored.
    """
    code = new_code()
    email = Membership.objects.select_related("user").get(pk=membership_id).user.email
    return code, ask("SELECT nrm.make_code(%s, %s)", membership_id, digest(email, code))


def use_code(email: str, code: str, password: str) -> User | None:
    """Set the password of an account and end the code; return None when they do not match.

    The password is hashed first, so that an unknown address takes as long as a known one.
    """
    secret = make_password(password)
    given = _digests(email, code)  # one for each key of the ring
    pk = next(filter(None, (_use(email.strip(), one, secret) for one in given)), None)
    return User.objects.get(pk=pk) if pk else None


def _use(address: str, told: str, secret: str) -> int | None:
    signature = signature_of(["use code", address, told])
    return ask("SELECT nrm.use_code(%s, %s, %s, %s)", address, told, secret, signature)


def strengthen(user: User, password: str) -> None:
    """Hash a password again that was right, when its hash has another cost than ours. Other sessions of it end."""
    if user.password.startswith(COST):
        return
    secret = make_password(password)
    if not secret.startswith(COST):
        return
    signature = sign("strengthen", user.password, secret)
    if ask("SELECT nrm.strengthen(%s, %s, %s, %s)", user.pk, user.password, secret, signature):
        user.password = secret


def note_sign_in(user: User) -> None:
    """Note that this person signed in, now, with all that is owed."""
    ask("SELECT nrm.note_sign_in(%s, %s)", user.pk, signature_of(["signed in", str(user.pk)]))


def note_locked(user: User) -> bool:
    """Note that wrong tries closed this account; return whether it was told, once a day."""
    return ask("SELECT nrm.tell_locked(%s, %s)", user.pk, signature_of(["locked", str(user.pk)]))


def tell_oneself(user: User) -> None:
    """Tell the database that this person's factor is shown, until the transaction ends: nobody acts before that."""
    tell("oneself", str(user.pk))


def set_own_password(password: str) -> str:
    """Change the password of the actor; return its hash."""
    secret = make_password(password)
    ask("SELECT nrm.own_password(%s)", secret)
    return secret


def ask(sql: str, *values):
    """Return the single value of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]
