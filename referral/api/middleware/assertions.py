"""Authenticate a program by a signed statement (`private_key_jwt`, RFC 7523): no secret travels."""

import json
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone
from jwcrypto.common import JWException, base64url_decode
from jwcrypto.jwk import JWK
from jwcrypto.jwt import JWT

from agencies.keys.rules import algorithms
from agencies.models import ApiClient
from agencies.tries.rules import digest
from foundation.statements.signing import tell

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST = 8_000  # characters
LIFE = timedelta(minutes=5)  # from now to `exp`, at most
LEEWAY = 30  # seconds by which two clocks may differ

# said once, in the transaction that gives the token; kept for longer than an assertion lives
USE = (
    "INSERT INTO agencies_tries (digest, kind, level, at, until) VALUES (%s, 'once', 0, clock_timestamp(),"
    " clock_timestamp()) ON CONFLICT (digest) DO NOTHING RETURNING 1"
)


def audiences() -> tuple[str, str]:
    """Return what an assertion may be meant for: the address of the tokens, or the platform."""
    return f"{settings.SITE_URL}/api/v1/token/", settings.SITE_URL


def claimed(assertion: str) -> str:
    """Return the program that an assertion names, checked by nobody; "" when it names none."""
    try:
        said = json.loads(base64url_decode(assertion[:LONGEST].split(".")[1]))["sub"]
    except (IndexError, ValueError, TypeError, KeyError, RecursionError):
        return ""
    return said if isinstance(said, str) and said.isprintable() else ""


def program_of(assertion: str) -> ApiClient | None:
    """Return the program that signed this for us, for the first time; None for anything else."""
    if len(assertion) > LONGEST:
        return None
    client = ApiClient.objects.select_related("membership").filter(client_id=claimed(assertion)).first()
    if client is None:
        return None
    for key in client.keys_now():
        if (claims := _read(assertion, client, key)) is not None:
            return client if _first_use(client, claims["jti"]) else None
    return None


def _read(assertion: str, client: ApiClient, key: dict) -> dict | None:
    """Return what this key of the program signed for us and that holds now."""
    expected = {"iss": client.client_id, "sub": client.client_id, "aud": None, "exp": None, "jti": None}
    read = JWT(algs=list(algorithms(key)), check_claims=expected, expected_type="JWS", strict_serialization=True)
    read.leeway = LEEWAY
    try:
        read.deserialize(assertion, JWK(**{name: value for name, value in key.items() if name != "kid"}))
        claims = json.loads(read.claims)
    except (JWException, ValueError, TypeError, KeyError, RecursionError):
        return None
    # one audience: a statement that is good elsewhere too could be used here by whom it was made for
    meant = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    begins = claims.get("nbf", 0)
    if not isinstance(begins, int | float) or begins > timezone.now().timestamp() + LEEWAY:
        return None
    soon = claims["exp"] <= (timezone.now() + LIFE).timestamp() + LEEWAY
    numbered = isinstance(claims["jti"], str) and 8 <= len(claims["jti"]) <= 255
    return claims if soon and numbered and meant in [[one] for one in audiences()] else None


def _first_use(client: ApiClient, jti: str) -> bool:
    tell("tries")
    with connection.cursor() as cursor:
        cursor.execute(USE, [digest("assertion", client.client_id, jti)])
        return cursor.fetchone() is not None
