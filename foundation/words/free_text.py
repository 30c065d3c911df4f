"""Find in free text what should not be there: numbers, plates, e-mail addresses.

The form points them out to the author. An alert's note is read by every desk it goes to (a number belongs to the safe
contact, encrypted apart); a contribution is public. Only patterns are matched: this is help, not a filter, and a name
cannot be recognised.
"""

import re
from dataclasses import dataclass

from django.utils.translation import pgettext_lazy

_LETTERS = "[A-HJ-NP-TV-Z]{2}"
_ABROAD = r"(?:\+|00)\d{1,3}[ .-]?(?:\(0\)[ .-]?)?\d(?:[ .-]?\d){6,10}"
_SHAPES = (
    ("email", pgettext_lazy("alert", "an e-mail address"), re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63})+")),
    (
        "phone",
        pgettext_lazy("alert", "a phone number"),
        re.compile(rf"(?<![\w+])(?:{_ABROAD}|0\d(?:[ .-]?\d\d){{4}})(?!\d)"),
    ),
    (
        "plate",
        pgettext_lazy("alert", "a number plate"),
        re.compile(
            rf"(?<!\w)(?:(?i:{_LETTERS}[ -]?\d{{3}}[ -]?{_LETTERS})|\d{{2,4}}[ -]?[A-Z]{{2,3}}[ -]?\d{{2}})(?!\w)"
        ),
    ),
)


@dataclass(frozen=True)
class Found:
    """Describe one match: its kind, the words for that kind, and the text matched."""

    kind: str
    words: str
    text: str


def found_in(note: str | None) -> list[Found]:
    """Return what was found in a note, by kind."""
    return [Found(kind, words, match) for kind, words, shape in _SHAPES for match in shape.findall(note or "")]


def without(note: str, found: list[Found]) -> str:
    """Return the note with each match replaced by « … »."""
    for item in found:
        note = note.replace(item.text, "…")
    return note
