"""Hash passwords at a set cost, one at a time, and validate them beyond Django's own rules."""

import base64
import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import CommonPasswordValidator, UserAttributeSimilarityValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from zxcvbn import zxcvbn

from agencies.models.accounts import LANES, MEMORY, PASSES
from foundation.encryption import seal, unseal
from foundation.errors import Crowded

log = logging.getLogger(__name__)
WAITING = 3  # threads of a process that hash or wait for it: one of four is left to pages, those of danger first
GUESSES = 10**10  # a password that takes fewer is refused: ten tries an hour are let through (decision 49)
# characters of it that are estimated: more of them never make it easier to guess, and take longer; some strings of 72
# took three seconds of a core, of 24 a quarter of one
READ = 24
# words of this place, which its attackers try first; those of the person and the address are added
CONTEXT = [
    "repere",
    "repère",
    "traite",
    "exploitation",
    "victime",
    "victimes",
    "signalement",
    "signaler",
    "alerte",
    "dossier",
    "coordination",
    "délégation",
    "miprof",
    "plateforme",
    "association",
    "foyer",
    "police",
    "gendarmerie",
    "préfecture",
    "justice",
    "parquet",
    "inspection",
    "ministère",
    "république",
    "motdepasse",
    "azerty",
    "azertyuiop",
    "bonjour",
    "bienvenue",
    "soleil",
]
ELSEWHERE, ONLY = "elsewhere", "only"  # of settings.HASHING: hashed by another web; hashed here, and little else
LEAVE = "leave"  # of a session that the State's sign-in opened: where one signs out of it too, sealed
PATIENCE = 0.5  # seconds that one more waits for a place in that line: a dozen hashes on a quiet machine

_one, _places = threading.Lock(), threading.BoundedSemaphore(WAITING)


@contextmanager
def turn() -> Iterator[None]:
    """Run one hash at a time in this process. Raises Crowded when WAITING others hash or wait, after PATIENCE, and in a
    web that leaves passwords to another: what came to it by an address that the proxy does not know takes no CPU of
    its pages."""
    if settings.HASHING == ELSEWHERE:
        log.warning("a password came to a web that hashes none: deploy/Caddyfile misses the address of this request")
        raise Crowded
    if not _places.acquire(timeout=PATIENCE):
        raise Crowded
    try:
        with _one:
            yield
    finally:
        _places.release()


class Argon2(Argon2PasswordHasher):
    """Hash at COST, each in its turn. A hash of another cost is verified at its own."""

    memory_cost, time_cost, parallelism = MEMORY, PASSES, LANES

    def encode(self, password, salt):
        with turn():
            return super().encode(password, salt)

    def verify(self, password, encoded):
        with turn():
            return super().verify(password, encoded)


class NotAboutOneself(UserAttributeSimilarityValidator):
    """Refuse a password close to e-mail address or name: the default fields of Django are not those of our User."""

    def __init__(self):
        super().__init__(user_attributes=("email", "full_name"))

    def get_error_message(self):
        return _("Too close to your name or your address: choose something else.")


class NotCommon(CommonPasswordValidator):
    """Refuse the 43,940 of our length among a million passwords that leaked (ASVS 6.2.4): Django's list has 187."""

    def __init__(self):
        super().__init__(settings.BASE_DIR / "data" / "common_passwords.txt.gz")


class HardToGuess:
    """Refuse a password that common ones, keyboards, dates and words of this place make easy (ASVS 6.2.4, 6.2.11)."""

    def validate(self, password, user=None):
        """Raise ValidationError for a password found in fewer than GUESSES."""
        about = f"{getattr(user, 'email', '')} {getattr(user, 'full_name', '')}".lower()
        words = [word for word in re.split(r"[\W_]+", about) + re.split(r"[\s.@]+", about) if len(word) > 2]
        if zxcvbn(password[:READ], user_inputs=CONTEXT + words)["guesses"] < GUESSES:
            raise ValidationError(
                _("Too easy to guess: choose several words that do not go together, or let a password manager choose."),
                code="easy",
            )

    def get_help_text(self):
        return ""


def sealed_address(address: str, person: int) -> str:
    """Return an address encrypted for one person: it says who one is elsewhere."""
    return base64.b64encode(seal(address.encode(), label=LEAVE, bound=str(person))).decode() if address else ""


def opened_address(text: str, person: int) -> str:
    """Return the address that was encrypted; empty when there is none, or no key of the ring opens it."""
    try:
        return unseal(base64.b64decode(text), label=LEAVE, bound=str(person)).decode() if text else ""
    except (InvalidTag, KeyError):
        return ""
