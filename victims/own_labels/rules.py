"""Normalise what an agency calls a case, and compute by what it is found again."""

from django.utils.crypto import salted_hmac

from foundation.words.comparison import plain

REFERENCE_LENGTH, NICKNAME_LENGTH = 60, 40


def digest(agency_id: int, text: str) -> str:
    """Return the keyed digest (HMAC-SHA256, hexadecimal) by which a label of this agency is found again.

    Texts that differ by capitals, accents, spaces or signs have one digest; one text has another digest in each
    agency. "" for a text without a letter or a digit.
    """
    words = plain(text)
    return salted_hmac(f"victims.own_labels:{agency_id}", words, algorithm="sha256").hexdigest() if words else ""
