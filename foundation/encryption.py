"""Encrypt columns with AES-256-GCM and a key ring; compute keyed digests for equality.

Stored form: key id, a zero byte, a nonce of 12 bytes, ciphertext with its tag. The id is made of the digest of the key,
so that two keys never have one id. The label of the column and a value of the row (`bound`) are authenticated with it,
so a ciphertext moved to another row or column cannot be decrypted. A column copied on purpose (the safe contact,
encrypted with an alert and copied at acceptance) binds a value that is copied with it.
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Callable
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

STEP = 256  # bytes: a ciphertext is as long as its text, so the length of a code would tell which one it is


@lru_cache(maxsize=4)
def _ring(text: str) -> tuple[str, dict[str, AESGCM]]:
    ring = {}
    for number, part in enumerate(text.split(","), 1):
        try:
            raw = base64.b64decode(part.strip().rpartition(":")[2], validate=True)
        except ValueError:
            raw = b""
        if len(raw) != 32:
            raise ImproperlyConfigured(f"Field key {number} must be 32 bytes in base64.")
        ring[hashlib.sha256(b"key id" + raw).hexdigest()[:12]] = AESGCM(raw)
    return next(iter(ring)), ring


def first_key() -> str:
    """Return the id of the key that encrypts."""
    return _ring(settings.FIELD_KEYS)[0]


def known_keys() -> set[str]:
    """Return the ids of the keys of the ring."""
    return set(_ring(settings.FIELD_KEYS)[1])


def seal(plain: bytes, *, label: str, bound: str) -> bytes:
    """Encrypt with the first key of the ring."""
    key_id, ring = _ring(settings.FIELD_KEYS)
    nonce = os.urandom(12)
    return key_id.encode() + b"\0" + nonce + ring[key_id].encrypt(nonce, plain, f"{label}:{bound}".encode())


def unseal(stored: bytes, *, label: str, bound: str) -> bytes:
    """Decrypt with the key named in the stored form.

    Raises `cryptography.exceptions.InvalidTag` when the ciphertext was moved or altered, KeyError when its key was
    removed from the ring.
    """
    key_id, _, rest = bytes(stored).partition(b"\0")
    return _ring(settings.FIELD_KEYS)[1][key_id.decode()].decrypt(rest[:12], rest[12:], f"{label}:{bound}".encode())


def digests(salt: str, text: str | bytes) -> list[str]:
    """Return the keyed digests (HMAC-SHA256, hexadecimal) of a text for one use, under each key of the ring.

    The first is the one to store; all are looked for, so that a change of keys loses nothing that is stored. The keys
    are made of those of the ring for this alone: SECRET_KEY is changed without a thought for them.
    """
    said = salt.encode() + b"\0" + (text.encode() if isinstance(text, str) else text)
    keys = [base64.b64decode(part.strip().rpartition(":")[2]) for part in settings.FIELD_KEYS.split(",")]
    own = [hmac.new(key, b"repere digests", hashlib.sha256).digest() for key in keys]
    return [hmac.new(key, said, hashlib.sha256).hexdigest() for key in own]


# models whose columns hold digests of encrypted words -> the function that returns {column: digest} of a row
KEYED: dict[type[models.Model], Callable[..., dict]] = {}


def keyed_columns(model: type[models.Model]):
    """Declare the function that computes the digests of a model, so that reencrypt computes them with its new key."""

    def declare(function):
        KEYED[model] = function
        return function

    return declare


def keyed(text: str) -> bytes:
    """Return the keyed digest (HMAC-SHA256) of a text, to compare for equality only.

    Raises ImproperlyConfigured without MATCH_KEY: only the worker has that key, the web does not need it.
    """
    if not settings.MATCH_KEY:
        raise ImproperlyConfigured("MATCH_KEY is not set. The worker needs it to compare identities; the web does not.")
    return hmac.new(base64.b64decode(settings.MATCH_KEY), text.encode(), hashlib.sha256).digest()


class Sealed(bytes):
    """Mark a ciphertext read from the database and not decrypted yet."""


class _Opened:
    """Decrypt a value when it is first read: `bound` is known only on the instance."""

    def __init__(self, field):
        self.field = field

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            instance.refresh_from_db(fields=[name])
        value = instance.__dict__[name]
        if isinstance(value, Sealed):
            value = instance.__dict__[name] = self.field.open(value, instance)
        return value

    def __set__(self, instance, value):
        instance.__dict__[self.field.attname] = value


class EncryptedField(models.BinaryField):
    """Store a JSON value encrypted.

    `bound`: name of the attribute whose value the ciphertext is bound to; `label`: name of the column. Written through
    `save()` or `create()` only: `update()` raises TypeError.
    """

    def __init__(self, *args, bound="id", label="", **kwargs):
        self.bound, self.label = bound, label
        super().__init__(*args, editable=kwargs.pop("editable", True), **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "bound": self.bound, "label": self.label}

    def contribute_to_class(self, cls, name, **kwargs):
        super().contribute_to_class(cls, name, **kwargs)
        self.label = self.label or f"{cls._meta.label_lower}.{name}"
        setattr(cls, self.attname, _Opened(self))

    def open(self, value, instance):
        return json.loads(unseal(value, label=self.label, bound=str(getattr(instance, self.bound))))

    def from_db_value(self, value, expression, connection):
        return None if value is None else Sealed(value)

    def pre_save(self, instance, add):
        value = instance.__dict__.get(self.attname)
        if value is None or isinstance(value, Sealed):
            return value
        plain = json.dumps(value, ensure_ascii=False).encode()
        plain = plain.ljust(-(-len(plain) // STEP) * STEP)  # JSON ignores spaces at its end
        return Sealed(seal(plain, label=self.label, bound=str(getattr(instance, self.bound))))

    def get_db_prep_value(self, value, connection, prepared=False):
        if value is not None and not isinstance(value, Sealed):
            raise TypeError("An encrypted column is written through save() or create(), never update().")
        return super().get_db_prep_value(value, connection, prepared)

    def get_default(self):
        return None

    def value_to_string(self, obj):
        raise TypeError("Encrypted columns are not serialised.")


def sealed_columns() -> list[tuple[type[models.Model], EncryptedField]]:
    """Return each encrypted column of each table: what a new key must encrypt anew."""
    return [
        (model, field)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedField)
    ]
