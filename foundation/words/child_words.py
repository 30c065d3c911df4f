"""Find words that tell a child or a teenager: what is written of one is an alert, never a note to be read some day.

The list is wide: a word too many leads to a form that asks the age; one too few leaves a child unseen. A duration
(« depuis 3 ans ») is no age.
"""

import re
import unicodedata

from django.utils import timezone

MAJORITY = 18
# raised when words are added: what was read with fewer is read again (plans.models.Signal.read_for_child)
EDITION = 1

_UNITS = [
    "un",
    "une",
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "sept",
    "huit",
    "neuf",
    "dix",
    "onze",
    "douze",
    "treize",
    "quatorze",
    "quinze",
    "seize",
    "dix-sept",
]
_DURING = r"(?:depuis|il y a|pendant|durant|apres|pour|since|for|during)\s+(?:(?:plus|moins|pres) de\s+|environ\s+)?"
_NUMBER = rf"\d{{1,3}}|(?<![\w-])(?:{'|'.join(sorted(_UNITS, key=len, reverse=True))})(?![\w-])"
_AGE = re.compile(
    rf"(?P<during>{_DURING})?(?P<under>(?:moins de|under)\s+)?(?<![\d,.])(?P<first>{_NUMBER})"
    rf"(?:\s*(?:-|/|a|ou|et|to|or)\s*(?:{_NUMBER}))?\s*(?:ans?|years?[ -]olds?)(?!\w)"
)
_AGED = re.compile(rf"\b(?:agee?s?\s+de|aged)\s+(?P<first>{_NUMBER})(?!\w)")
_BORN = re.compile(r"\b(?:nee?s?\s+en|born in)\s+(?P<year>(?:19|20)\d\d)\b")
_WORDS = re.compile(
    r"\b(?:mineure?s?|enfants?|enfance|bebes?|nourrissons?|nouveau[ -]nee?s?|fillettes?|garconnets?|gamine?s?|gosses?"
    r"|adolescente?s?|adolescence|ados?|collegien(?:ne)?s?|lyceen(?:ne)?s?|ecolier(?:e)?s?|eleves?"
    r"|ecoles?|colleges?|lycees?|creches?|jeunes? filles?|petite?s? (?:filles?|garcons?)|scolarise(?:e|s|es)?"
    r"|minors?|under-?age|child(?:ren)?|kids?|bab(?:y|ies)|toddlers?|teen(?:s|ager|agers)?|school(?:s|girl|boy)?"
    r"|girls?|boys?)\b"
)


def child_words(text: str | None) -> list[str]:
    """Return the words of a text that tell somebody under 18, in the order they stand, each once."""
    given = _with_single_letters(text or "")
    plain = given.translate(_SIMPLE).lower()
    found = [match.span() for match in _WORDS.finditer(plain)]
    found += [match.span() for match in _AGE.finditer(plain) if not match["during"] and _young(match)]
    found += [match.span() for match in _AGED.finditer(plain) if _number(match["first"]) < MAJORITY]
    found += [m.span() for m in _BORN.finditer(plain) if timezone.localdate().year - int(m["year"]) <= MAJORITY]
    return list(dict.fromkeys(given[start:end].strip() for start, end in sorted(found)))


def _young(age: re.Match) -> bool:
    return _number(age["first"]) < MAJORITY + bool(age["under"])


def _number(words: str) -> int:
    return int(words) if words.isdigit() else max(1, _UNITS.index(words))


def _with_single_letters(text: str) -> str:
    """Return the text with each accented letter as one sign, and « mineur·e », « mineur(e) » as « mineure »."""
    return re.sub(r"(?<=\w)(?:[·.]e[·.]?s?|\(e\)s?|\(s\))(?!\w)", "e", unicodedata.normalize("NFC", text))


# one sign for one sign, so that a place in the plain text is the same place in the text given
_SIMPLE = {
    number: unicodedata.normalize("NFD", chr(number))[0]
    for number in range(0xC0, 0x180)
    if unicodedata.normalize("NFD", chr(number))[0] != chr(number)
} | {ord("’"): "'", ord("\u00a0"): " ", ord("\u202f"): " "}
