"""Sign what the database must not believe of everybody who has the application's password.

The key is made of SECRET_KEY for this alone. `manage.py migrate` gives the owner's functions what they need to check a
signature (`nrm.signing_key`, agencies/sql/signing.sql); no other role of the application reads it.
"""

import hashlib
import hmac
from contextvars import ContextVar

from django.conf import settings
from django.db import connection, connections, models

from foundation.statements.sandbox import inside

_NAMED: ContextVar[tuple[list | None, str]] = ContextVar("transaction", default=(None, ""))
BLOCK = 64  # bytes of a block of SHA-256
SEPARATOR = "\n"
REAL, SPACE = b"repere context", b"repere context of a test space"


def _keys(use: bytes = REAL) -> list[bytes]:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [hmac.new(secret.encode(), use, hashlib.sha256).digest() for secret in secrets]


def _here() -> list[bytes]:
    """Return the keys that the database in use believes: whoever gets at those of a copy signs nothing elsewhere."""
    return _keys(SPACE if inside() else REAL)


def sign(*parts: str) -> str:
    """Return the signature (HMAC-SHA256, hexadecimal) of these words."""
    return _signature(_keys()[0], parts)


def is_signed(given: str, *parts: str) -> bool:
    """Return whether this is the signature of these words, under the present key or a former one."""
    return any(hmac.compare_digest(given.encode(), _signature(key, parts).encode()) for key in _keys())


def _signature(key: bytes, parts: tuple[str, ...]) -> str:
    return hmac.new(key, SEPARATOR.join(parts).encode(), hashlib.sha256).hexdigest()


class Named(models.Func):
    """Name the transaction beside the rows of another query: a request need not ask for it apart (`keep_name`)."""

    function, arity, output_field = "nrm.transaction", 0, models.TextField()


def keep_name(name: str) -> None:
    """Sign what follows in this transaction under the name that a query of it returned (`Named`)."""
    _NAMED.set((connection.run_on_commit, name))


def transaction_name() -> str:
    """Return what names this transaction among all: its process of PostgreSQL and when it began.

    Asked once: Django begins a new list of what runs on commit when a transaction ends. A name that had outlived its
    transaction would sign nothing: outside of one RuntimeError is raised, or the thread would keep it for the next.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("What the database is to believe is signed inside a transaction.")
    known, name = _NAMED.get()
    if known is not connection.run_on_commit:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nrm.transaction()")
            name = cursor.fetchone()[0]
        keep_name(name)
    return name


def forget_transaction() -> None:
    """Let the next signature ask for the name of its transaction: each request costs the same, in tests too."""
    _NAMED.set((None, ""))


def signature_of(context: list[str], transaction: str = "") -> str:
    """Return the signature of a context for this transaction alone, which is asked for its name unless it is given.

    Bound to it, since other sessions of the role read it in `pg_stat_activity`, where a statement has its values.
    """
    if not any(context):
        return ""
    return _signature(_here()[0], (transaction or transaction_name(), *context))


def tell(setting: str, *words: str) -> None:
    """Sign these words, under the name of the setting, for the transaction: what writes before anybody acts asks for it
    (agencies/sql/unwalled.sql)."""
    signature = signature_of([setting, *words])
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [f"nrm.{setting}", signature])


def keep_keys(using: str) -> None:
    """Give the database the present and the former keys, as the owner. Called after each migrate."""
    pads = [(_pad(key, 0x36), _pad(key, 0x5C)) for key in _here()]
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT inner_pad, outer_pad FROM nrm.signing_key")
        if sorted((bytes(i), bytes(o)) for i, o in cursor.fetchall()) != sorted(pads):
            cursor.execute("DELETE FROM nrm.signing_key")
            cursor.executemany("INSERT INTO nrm.signing_key VALUES (%s, %s)", pads)


def _pad(key: bytes, byte: int) -> bytes:
    return bytes(each ^ byte for each in key.ljust(BLOCK, b"\0"))
