"""Tell from the signs and the note of a signal whether it is about a child."""

from collections.abc import Iterable

from django.utils.translation import get_language

from foundation.words.child_words import child_words
from indicators.catalogue import selectors as catalogue_selectors


def child_signs(codes: Iterable[str]) -> list[str]:
    """Return those of these codes of the shared catalogue that are signs of a child."""
    known = catalogue_selectors.current().indicators
    return [code for code in codes if code in known and known[code].age_group == "child"]


def told_child(codes: Iterable[str], note: str | None) -> list[str]:
    """Return what tells a child, in words: the signs of one, then the words of the note. Empty: nothing does."""
    known, french = catalogue_selectors.current().indicators, get_language() == "fr"
    signs = [known[code] for code in child_signs(codes)]
    return [sign.label_fr if french else sign.label_en for sign in signs] + child_words(note)
