"""Codes told by voice, and the passwords they give: the database's own functions, called from here alone.

A code is sixteen digits: about 53 bits, no letter to spell or to take for a digit, typed on any phone. It lives 72
hours. What is kept is its keyed digest, bound to the address: a copy of the database holds nothing to try.
"""

import secrets
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.utils.crypto import salted_hmac

from agencies.models import Membership, User

DIGITS, GROUP = 16, 4
HOURS = 72  # said by agencies/sql/accounts.sql too


def new_code() -> str:
    return "".join(secrets.choice("0123456789") for _ in range(DIGITS))


def grouped(code: str) -> list[str]:
    """As it is read aloud."""
    return [code[at : at + GROUP] for at in range(0, len(code), GROUP)]


def digest(email: str, code: str) -> str:
    """Spaces, dashes and capitals do not matter."""
    digits = "".join(sign for sign in code if sign in "0123456789")
    return salted_hmac("activation code", f"{email.strip().lower()}\n{digits}", algorithm="sha256").hexdigest()


def address_taken(email: str, agency_id: int | None = None) -> str:
    """Why no account can be opened under this address: `here` (in this agency), `elsewhere`, or empty when one can."""
    user = User.objects.filter(email=email.lower()).first()
    if user is None:
        return ""
    if agency_id and user.memberships.filter(agency=agency_id).exists():
        return "here"
    return "elsewhere" if user.memberships.filter(active=True).exists() or not user.is_active else ""


def make_code(membership_id: int) -> tuple[str, datetime]:
    """A new code for a member of the acting administrator's agency, and until when it is good; the former one ends.
    It is returned once and kept nowhere."""
    code = new_code()
    email = Membership.objects.select_related("user").get(pk=membership_id).user.email
    return code, ask("SELECT nrm.make_code(%s, %s)", membership_id, digest(email, code))


def use_code(email: str, code: str, password: str) -> User | None:
    """Give the account its password and end the code; None when they do not go together. The password is digested
    first, so that an unknown address takes as long as a known one."""
    secret = make_password(password)
    pk = ask("SELECT nrm.use_code(%s, %s, %s)", email.strip(), digest(email, code), secret)
    return User.objects.get(pk=pk) if pk else None


def set_own_password(password: str) -> str:
    """Change the password of who acts; returns its digest."""
    secret = make_password(password)
    ask("SELECT nrm.own_password(%s)", secret)
    return secret


def ask(sql: str, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]
