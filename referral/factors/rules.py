"""Adapt the second factors of django-allauth: its secrets are sealed with our keys, for one person each."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from io import BytesIO

import qrcode
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from qrcode.image.svg import SvgPathFillImage

from foundation.encryption import seal, unseal

SEALED = ("secret", "seed")  # what of an authenticator's data is sealed
LABEL = "mfa_authenticator.data"
_person: ContextVar[int | None] = ContextVar("person whose secrets are sealed", default=None)


@contextmanager
def secrets_of(user_pk: int) -> Iterator[None]:
    """Seal and unseal the secrets of this person: allauth asks for a text alone, and one row's would open another's."""
    token = _person.set(user_pk)
    try:
        yield
    finally:
        _person.reset(token)


def sealed(text: str, user_pk: int) -> str:
    """Return a secret encrypted, as text."""
    return base64.b64encode(seal(text.encode(), label=LABEL, bound=str(user_pk))).decode()


def unsealed(text: str, user_pk: int) -> str:
    """Return the secret. Raises InvalidTag when it was moved from another person, KeyError when its key is gone."""
    return unseal(base64.b64decode(text), label=LABEL, bound=str(user_pk)).decode()


def key_of(text: str) -> str:
    """Return the id of the key that sealed a secret."""
    return base64.b64decode(text).partition(b"\0")[0].decode("ascii", "replace")


def _whose() -> int:
    if (person := _person.get()) is None:
        raise RuntimeError("A secret is sealed inside secrets_of(person).")
    return person


class Adapter(DefaultMFAAdapter):
    def encrypt(self, text):
        return sealed(text, _whose())

    def decrypt(self, encrypted_text):
        return unsealed(encrypted_text, _whose())

    def build_totp_svg(self, url):
        """Draw on white: a camera reads no black on the black of a dark page."""
        drawn = BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(drawn)
        return drawn.getvalue().decode()

    def get_public_key_credential_rp_entity(self):
        return {"id": context.request.get_host().partition(":")[0], "name": "Repère"}
