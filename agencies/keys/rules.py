"""Read the public key of a program, and say which signatures it may make (decision 66)."""

import json

from jwcrypto.common import JWException, base64url_decode
from jwcrypto.jwk import JWK

# never `none`, never a shared secret: what a signature may be follows from the key, and not from what it says of itself
ALGORITHMS = {
    ("RSA", None): ("PS256", "RS256"),
    ("EC", "P-256"): ("ES256",),
    ("EC", "P-384"): ("ES384",),
    ("OKP", "Ed25519"): ("EdDSA",),
}
RSA_BITS = range(3072, 8193)  # 128 bits of strength at least, as the other kinds; above each try costs us
LONGEST = 8_000


class NoKey(Exception):
    """Signal that a text is no key; `why`: empty, private, or kind."""

    def __init__(self, why: str):
        super().__init__(why)
        self.why = why


def public_key(text: str) -> dict[str, str]:
    """Return the key of a PEM or a JWK (or a set of one), with its thumbprint as `kid` (RFC 7638). Raises NoKey."""
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise NoKey("empty")
    try:
        key = _of_json(json.loads(text)) if text.startswith("{") else JWK.from_pem(text.encode())
        private = key.has_private or not key.has_public
        found = {} if private else key.export_public(as_dict=True)
    except (JWException, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise NoKey("empty") from error
    if private:
        raise NoKey("private")
    if not algorithms(found):
        raise NoKey("kind")
    kept = {name: found[name] for name in ("kty", "crv", "n", "e", "x", "y") if name in found}
    return {**kept, "kid": key.thumbprint()}


def algorithms(jwk: dict) -> tuple[str, ...]:
    """Return the signatures that this key may make; none for a key that is not taken."""
    if jwk.get("kty") == "RSA" and int.from_bytes(base64url_decode(jwk["n"])).bit_length() not in RSA_BITS:
        return ()
    return ALGORITHMS.get((jwk.get("kty", ""), jwk.get("crv")), ())


def _of_json(said) -> JWK:
    if "keys" in said:
        [said] = said["keys"]
    return JWK(**said)
