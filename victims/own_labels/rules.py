"""Normalise what an agency calls a case, and compute by what it is found again."""

from django.utils.translation import gettext as _

from foundation.encryption import digests
from foundation.words.comparison import plain
from foundation.words.free_text import found_in

REFERENCE_LENGTH, NICKNAME_LENGTH = 60, 40


def digest(agency_id: int, text: str) -> str:
    """Return the keyed digest (HMAC-SHA256, hexadecimal) to store, by which a label of this agency is found again.

    Texts that differ by capitals, accents, spaces or signs have one digest; one text has another digest in each
    agency. "" for a text without a letter or a digit.
    """
    return next(iter(label_digests(agency_id, text)), "")


def label_digests(agency_id: int, text: str) -> list[str]:
    """Return the digests to look for, `digest` first: labels written before a change of keys are found too."""
    words = plain(text)
    return digests(f"victims.own_labels:{agency_id}", words) if words else []


def with_alert(alert_id) -> str:
    """Return the key under which a label typed with an alert waits for a case of it (`agencies.kept`)."""
    return f"own label of alert {alert_id}"


def fault(text: str, *, reference: bool = False) -> str:
    """Return in words why a text is no label, "" when it is one: a contact, or a reference that could not be found."""
    if any(item.kind in ("phone", "email") for item in found_in(text)):
        return _("No telephone number and no address: they belong to the safe contact.")
    if reference and text and not plain(text):
        return _("Write letters or digits: a reference is found by them.")
    return ""
