"""Compute what seals the journal: digests, the root of a Merkle tree (RFC 6962), signatures (Ed25519, RFC 8032).

Decision 71 says why. A line of the checkpoints is a dict: what is signed (`SIGNED`), `key` and `signature`, and
`entries`, which the root stands for: of each entry its id (32 hexadecimal digits), its digest (64), and the number of
the transaction that wrote it, as that of the transaction that signed the line (`xact`) is among what is signed.
"""

import base64
import hashlib
import json

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

SIGNED = ("number", "at", "xact", "kind", "first", "size", "whole", "through", "root", "previous")
LOCK = ("journal", "seal")  # of the one sealer; who verifies takes it too
# what a digest stands for, in this order; the hour in microseconds since 1970, which no setting of a session changes
COLUMNS = (
    "e.id::text, (extract(epoch FROM e.at) * 1000000)::bigint, e.membership_id, e.agency_id, e.action, e.outcome,"
    " e.subject, e.subject_id, e.case_id::text"
)
PURPOSE = b"repere journal checkpoint 2\n"  # a signature of ours for anything else is none here
START = "0" * 64  # what the first checkpoint has for the digest of the one before
LOST = bytes(32)  # stands for an entry that was gone before it was sealed: no digest is that
TURN = 2**32  # numbers of transactions, as rows bear them, begin anew after so many


def digest_of(values: tuple) -> bytes:
    """Return the digest of an entry. `values`: those that COLUMNS names, in that order."""
    return hashlib.sha256(json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()).digest()


def whole_number(xmin: int, near: int) -> int:
    """Return the number of a transaction that never begins anew, of what a row bears: that which is near this one."""
    return near + (xmin - near + TURN // 2) % TURN - TURN // 2


def leaf_of(pk: str, digest: str, xact: int) -> bytes:
    """Return the leaf of an entry of a line: 56 bytes."""
    return bytes.fromhex(pk + digest) + xact.to_bytes(8)


def root_of(entries: list[bytes]) -> str:
    """Return the root of the Merkle tree of these leaves, in their order."""
    level = [hashlib.sha256(b"\0" + entry).digest() for entry in entries]
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\1" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)]
        level = pairs + level[len(pairs) * 2 :]
    return (level[0] if level else hashlib.sha256().digest()).hex()


def statement(line: dict, purpose: bytes = PURPOSE) -> bytes:
    """Return the bytes that the signature of a line stands for: of a checkpoint `SIGNED`, of another line all of it."""
    names = SIGNED if purpose == PURPOSE else line.keys() - {"key", "signature"}
    return purpose + json.dumps({name: line[name] for name in names}, sort_keys=True, separators=(",", ":")).encode()


def digest_of_line(line: dict) -> str:
    """Return what the next checkpoint says of this one."""
    return hashlib.sha256(statement(line) + base64.b64decode(line["signature"])).hexdigest()


class Signer:
    """Sign checkpoints with a private key: 32 bytes in base64."""

    def __init__(self, text: str):
        try:
            self._key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(text, validate=True))
        except ValueError:
            raise ImproperlyConfigured("JOURNAL_KEY must be 32 bytes in base64. Only the worker needs it.") from None

    @property
    def public(self) -> str:
        """Return the public key in base64: what somebody needs who verifies and must not sign."""
        return base64.b64encode(self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()

    def signed(self, line: dict, purpose: bytes = PURPOSE) -> dict:
        """Return the line with its key and its signature."""
        signature = base64.b64encode(self._key.sign(statement(line, purpose))).decode()
        return line | {"key": name_of(self.public), "signature": signature}


def name_of(public: str) -> str:
    """Return the name of a public key, 16 hexadecimal digits of its digest."""
    return hashlib.sha256(base64.b64decode(public)).hexdigest()[:16]


def key_ring(publics: list[str]) -> dict[str, Ed25519PublicKey]:
    """Return {name: key} of public keys in base64. Raises ValueError for a text that is none."""
    return {
        name_of(text): Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True)) for text in publics
    }


def known_keys() -> dict[str, Ed25519PublicKey]:
    """Return the keys of this installation: that of JOURNAL_KEY, and the former ones."""
    return key_ring([Signer(settings.JOURNAL_KEY).public, *settings.JOURNAL_FORMER_KEYS])


def holds(line: dict, ring: dict[str, Ed25519PublicKey], purpose: bytes = PURPOSE) -> bool:
    """Return whether a key of the ring signed this line as it stands, for this purpose."""
    try:
        ring[line["key"]].verify(base64.b64decode(line["signature"], validate=True), statement(line, purpose))
    except (KeyError, TypeError, ValueError, InvalidSignature):
        return False
    return True
