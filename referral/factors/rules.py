"""Say which acts ask for a factor shown just now; adapt those of django-allauth, whose secrets are sealed with our keys
for one person each."""

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

RECENT = 300  # seconds during which a factor that was shown is enough for the acts below
# What a session left open may not do (decision 67): route, and which of its acts; none named: whatever is sent to it.
# A danger to life is not here, and never will be. Programs have no second factor: their secret is made here.
STEP_UP: dict[str, frozenset[str]] = {
    # who the person is, and those close to her
    "referral:case-identity": frozenset({"reveal", "correct"}),
    "referral:case-history": frozenset(),
    "referral:case-links": frozenset({"reveal"}),
    "referral:linked-person": frozenset(),
    "referral:orientation-detail": frozenset({"reveal"}),
    "referral:orientation-preview": frozenset({"reveal"}),
    # what the law protects more than the rest
    "referral:case-health": frozenset({"reveal", "correct"}),
    "referral:case-offence": frozenset({"reveal", "correct"}),
    "referral:case-reporting": frozenset({"reveal"}),
    "referral:case-residence": frozenset({"reveal", "correct"}),
    "referral:file-download": frozenset({"reveal"}),
    "referral:data-copy-print": frozenset(),
    "referral:requisition": frozenset({"answer"}),
    # many cases at once
    "referral:export-new": frozenset(),
    "referral:export-approve": frozenset(),
    "referral:export-prepare": frozenset(),
    "referral:export-file": frozenset(),
    "referral:emergency-access": frozenset(),
    "referral:archive-open": frozenset(),
    # who comes in, and with which roles
    "referral:member-invite": frozenset(),
    "referral:member": frozenset(),
    "referral:member-off": frozenset(),
    "referral:member-on": frozenset(),
    "referral:member-files": frozenset(),
    "referral:member-code": frozenset(),
    "referral:member-factor": frozenset(),
    "referral:arrival": frozenset({"agree"}),
    "plans:admission-code": frozenset(),
    # programs, and where they are told
    "referral:programs": frozenset(),
    "referral:program-secret": frozenset(),
    "referral:program-key": frozenset(),
    "referral:program-scope": frozenset(),
    "referral:hook-make": frozenset(),
    "referral:hook-secret": frozenset(),
    # the password, the telephone by which a code may be told, and the factors themselves
    "profile": frozenset(),
    "referral:password": frozenset(),
    "referral:factor-app": frozenset(),
    "referral:factor-key": frozenset(),
    "referral:factor-codes": frozenset(),
    "referral:factor-remove": frozenset(),
    "referral:provider-link": frozenset(),
    "referral:provider-unlink": frozenset(),
}
# Whoever has no second factor shows the password again instead, but where that, or a factor, is asked for anyway. An
# application takes its time to be installed: its first code is taken for longer, of the secret drawn before.
NO_PASSWORD = {"referral:password", "referral:provider-link"}
INSTALLED, INSTALLING = "referral:factor-app", 900
# which ask before they are shown, too
READ = {"referral:linked-person", "referral:export-file", "referral:password", "referral:factor-app"}
_person: ContextVar[int | None] = ContextVar("person whose secrets are sealed", default=None)


def asks_recent(route: str, method: str, act: str) -> bool:
    """Return whether this request asks for a factor shown less than RECENT seconds ago."""
    acts = STEP_UP.get(route)
    if acts is None:
        return False
    return route in READ or (method == "POST" and (not acts or act in acts))


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
