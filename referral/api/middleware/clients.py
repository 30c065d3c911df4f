"""Name the client that asks for a token, before it is known whether it may have one."""

import base64
import binascii
from urllib.parse import unquote_plus

from referral.api.middleware.assertions import claimed


def client_named(request) -> str:
    """Return the client named in header, body or statement; in the header it is form-encoded (RFC 6749, 2.3.1)."""
    said = request.headers.get("Authorization", "")
    if scheme(said) != "basic":
        return request.POST.get("client_id") or claimed(request.POST.get("client_assertion", ""))
    try:
        return unquote_plus(base64.b64decode(said.partition(" ")[2]).decode().partition(":")[0])
    except (binascii.Error, UnicodeDecodeError):
        return ""


def scheme(authorization: str) -> str:
    return authorization.partition(" ")[0].lower()
