"""Say what of a form is kept, and for how long a browser is known, without a query."""

import json
import re
import secrets

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.utils.crypto import salted_hmac

from foundation.encryption import digests

_HOST = "__Host-" if settings.SESSION_COOKIE_SECURE else ""  # a browser takes it over TLS alone, and from no sub-domain
KNOWN = f"{_HOST}known"  # cookie: this account was signed in with this browser
KEPT = f"{_HOST}kept"  # cookie: random value of the browser in which a form was kept
AT_MOST = 5  # forms of one member
LIMIT = 1_000_000  # bytes of one form
KNOWN_FOR = 24 * 3600  # seconds after the last page during which a browser may have a form kept
DRAFTS = 50  # of one member
DRAFT_LIMIT = 300_000  # bytes of one draft
OF_DRAFTS = ("_draft", "_turn", "_base", "_do")  # what the script of drafts adds to a form
GIVEN_BACK = "_kept"  # field: which kept form is sent at last, whatever it is answered
SENT_AGAIN = "_kept_again"  # field: which kept form is sent again; it stays kept when it is refused
SEND = "envoyer"  # in the address of the page: which kept form waited for a second factor alone
SECRET = {"old", "again"}  # fields of passwords that are not called so: the present one, and a new one once more
CODE = re.compile(r"[A-Z]{2,5}(-[A-Z]{2,5}){1,2}-\d{1,2}|[A-Z]{2}|2[AB]")  # ILO-AL-EX-01, RO, 2A: chosen, never typed
UNSAID = ("csrfmiddlewaretoken", "_membership", "_switch_back", "_path", GIVEN_BACK, SENT_AGAIN)


def is_secret(name: str) -> bool:
    """Return whether a field holds a password."""
    return "password" in name or name in SECRET


def typed(post) -> list[list[str]]:
    """Return name and value of each field of a form (a QueryDict), without tokens and passwords."""
    return [
        [name, value] for name, values in post.lists() if name not in UNSAID and not is_secret(name) for value in values
    ]


def opened(post) -> str:
    """Return what tells a page from the same one in another tab: a digest of its CSRF token, drawn at each showing."""
    token = post.get("csrfmiddlewaretoken", "")
    return salted_hmac("kept of page", token, algorithm="sha256").hexdigest() if token else ""


def weight(data) -> int:
    """Return the bytes of a form as it is kept."""
    return len(json.dumps(data, ensure_ascii=False).encode())


def readable(value: str) -> bool:
    """Return whether a value was probably written by a person: a code has neither space nor capital nor accent, but
    those of signs, countries and départements. A reference that somebody typed is readable."""
    if not value.strip() or CODE.fullmatch(value):
        return False
    return not (value.isascii() and value == value.lower() and not any(map(str.isspace, value)))


def texts(fields) -> list[tuple[str, str]]:
    """Return the fields to show, those a person wrote in."""
    return [(name, value) for name, value in fields if readable(value) and not name.startswith("_")]


def browser_of(known: str) -> str:
    """Return the value of the cookie that gives kept forms back, made of the proof of a browser.

    The same for two tabs that lose their session at once; nobody has it without the proof, which is signed.
    """
    return salted_hmac("kept in browser", known, algorithm="sha256").hexdigest()


def browser_digests(browser: str) -> list[str]:
    """Return the keyed digests under which forms of a browser are stored, the one to store first: the table alone opens
    none of them."""
    return digests("kept form", browser)


def places_of(key: str) -> list[str]:
    """Return the keyed digests under which the draft of a form is stored, the one to store first."""
    return digests("draft of", key)


def proof(user) -> str:
    """Return a signed value that says: this account was signed in with this browser. It ends with the password."""
    return TimestampSigner(salt=_salt(user)).sign(f"{user.pk}.{secrets.token_urlsafe(16)}")


def proves(value: str, user, seconds: float = KNOWN_FOR) -> bool:
    """Return whether `value` is a proof for this account, at most so old."""
    try:
        return account(TimestampSigner(salt=_salt(user)).unsign(value, max_age=seconds)) == user.pk
    except BadSignature:
        return False


def account(value: str) -> int | None:
    """Return the account that a proof names, not verified yet."""
    return number(value.partition(".")[0])


def number(text: str | None) -> int | None:
    """Return the number that a cookie or a hidden field holds, None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else None


def _salt(user) -> str:
    return "signed in here:" + user.get_session_auth_hash()
