"""Talk to the provider: its document, its keys, the address one leaves for, and what it answers.

Authlib and joserfc say what a request and a token must be. What is asked over the network waits WAIT seconds; while the
provider does not answer it is not asked again for PAUSE, so that it stalls nobody who signs in with a password.
"""

import json
import logging
import secrets
import time
from threading import Lock
from urllib.parse import urlencode, urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from django.conf import settings
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from referral.provider.rules import Refused, Shown, shown

WAIT, PAUSE, KEPT = 5, 15, 3600
FRESH = 60  # seconds after which keys are asked for again when none of them signed
LEEWAY = 30  # seconds that two clocks may differ
ALGORITHMS = ["RS256", "PS256", "ES256"]  # of a pair of keys: what is signed with a secret, or not at all, is refused
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
log = logging.getLogger(__name__)
_documents: dict[str, tuple[float, dict]] = {}
_away: dict[str, float] = {}
_lock = Lock()


class Away(Exception):
    """Signal that the provider does not answer, or answers what no provider does."""


def begin(question: str, redirect: str) -> tuple[str, dict]:
    """Return the address one leaves for, and what the session keeps to know the answer. Raises Away.

    `question`: « sign_in » accepts whoever is signed in there; any other has the person shown anew.
    """
    known = _metadata()
    kept = {"state": secrets.token_urlsafe(32), "nonce": secrets.token_urlsafe(32)}
    kept |= {"verifier": secrets.token_urlsafe(48), "question": question, "at": time.time()}
    asked: dict[str, dict | None] = {"amr": {"essential": True}, "auth_time": {"essential": True}, "acr": None}
    more = {"nonce": kept["nonce"], "claims": json.dumps({"id_token": asked})}
    if settings.OIDC.asked:
        more["acr_values"] = " ".join(settings.OIDC.asked)
    if question != "sign_in":
        more |= {"prompt": "login", "max_age": "0"}
    address, _state = _session(known, redirect).create_authorization_url(
        known["authorization_endpoint"], state=kept["state"], code_verifier=kept["verifier"], **more
    )
    return address, kept


def answer(said: dict, kept: dict, redirect: str) -> Shown:
    """Return who the provider says is there. Raises Refused, Away."""
    known = _metadata()
    issuer = said.get("iss", "")
    if issuer != known["issuer"] and (issuer or known.get("authorization_response_iss_parameter_supported")):
        raise Refused("another issuer")
    if not said.get("code") or said.get("error"):
        raise Refused("no code")
    with _session(known, redirect) as session:
        try:
            given = session.fetch_token(
                known["token_endpoint"],
                code=said["code"],
                code_verifier=kept["verifier"],
                grant_type="authorization_code",
                timeout=WAIT,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            log.warning("the provider gave no token: %s", type(error).__name__)
            raise Away("token") from error
        except (AuthlibBaseError, ValueError) as error:
            raise Refused("code") from error
    token = given.get("id_token")
    if not isinstance(token, str):
        raise Refused("no token")
    since = None if kept["question"] == "sign_in" else kept["at"] - LEEWAY
    return shown(_verified(token, kept["nonce"], given), token, since=since, now=time.time())


def end_address(token: str, redirect: str) -> str:
    """Return where one signs out of the provider too; empty when it says none. Never waits: what is known is used."""
    known = _documents.get(_discovery(), (0, {}))[1]
    address = known.get("end_session_endpoint", "")
    if not _is_safe(address):
        return ""
    said = {"id_token_hint": token, "post_logout_redirect_uri": redirect, "state": secrets.token_urlsafe(32)}
    return f"{address}{'&' if '?' in address else '?'}{urlencode(said)}"


def _verified(token: str, nonce: str, given: dict) -> dict:
    """Return the claims of an ID token that the provider made for us, in answer to this question. Raises Refused."""
    try:
        read = jwt.decode(token, _keys(), algorithms=ALGORITHMS)
    except (JoseError, ValueError):
        try:  # its keys may have been changed since they were read
            read = jwt.decode(token, _keys(FRESH), algorithms=ALGORITHMS)
        except (JoseError, ValueError) as error:
            raise Refused("signature") from error
    claims = CodeIDToken(
        read.claims,
        read.header,
        {
            "iss": {"essential": True, "value": settings.OIDC.issuer},
            "aud": {"essential": True, "value": settings.OIDC.client_id},
        },
        {"nonce": nonce, "client_id": settings.OIDC.client_id, "access_token": given.get("access_token")},
    )
    try:
        claims.validate(leeway=LEEWAY)
    except (JoseError, AuthlibBaseError, ValueError, TypeError) as error:
        raise Refused("claims") from error
    return dict(claims)


def _session(known: dict, redirect: str) -> OAuth2Session:
    methods = known.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    method = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
    return OAuth2Session(
        settings.OIDC.client_id,
        settings.OIDC.secret,
        scope="openid",
        redirect_uri=redirect,
        token_endpoint_auth_method=method,
        code_challenge_method="S256",
    )


def _metadata() -> dict:
    """Return the provider's document. Raises Away, also for a document of somebody else."""
    found = _read(_discovery(), KEPT)
    if found.get("issuer") != settings.OIDC.issuer or not all(_is_safe(found.get(name, "")) for name in NEEDED):
        raise Away("document")
    return found


def _discovery() -> str:
    return settings.OIDC.issuer.rstrip("/") + "/.well-known/openid-configuration"


def _keys(age: float = KEPT) -> KeySet:
    return KeySet.import_key_set(_read(_metadata()["jwks_uri"], age))


def _read(address: str, age: float) -> dict:
    """Return a document that is at most `age` seconds old. Raises Away, at once within PAUSE of the last time."""
    at, found = _documents.get(address, (0.0, {}))
    if found and time.monotonic() - at < age:
        return found
    with _lock:
        if time.monotonic() - _away.get(address, float("-inf")) < PAUSE:
            raise Away(address)
        why = "no document"
        try:
            reply = requests.get(address, timeout=WAIT, allow_redirects=False)
            why = f"status {reply.status_code}" if reply.status_code != 200 else why
            found = reply.json() if reply.status_code == 200 else None
        except (requests.RequestException, ValueError) as error:
            found, why = None, type(error).__name__
        if not isinstance(found, dict):
            _away[address] = time.monotonic()
            log.warning("the provider does not answer: %s", why)
            raise Away(address)
        _documents[address] = time.monotonic(), found
    return found


def _is_safe(address) -> bool:
    """Return whether an address is one over TLS; on a developer's machine also one of the machine itself."""
    if not isinstance(address, str):
        return False
    parts = urlsplit(address)
    return parts.scheme == "https" or (settings.OIDC.loopback and parts.hostname in ("127.0.0.1", "localhost"))
