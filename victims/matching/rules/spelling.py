"""Normalise names by their sound, whatever the transcription.

The same name is written by ear, from a passport, or from a school file: Mohamed and Muhammad, Tchang and Zhang, Diouf
and Joof, Kowalczyk and Kovaltchik, Khadija and Hadidja. `words` splits a name into normalised words; `skeletons`
returns the consonants of a word by class, without vowels, one for each reading. General phonetic codes (Soundex,
Metaphone) assume English and miss most of these.
"""

import re
from functools import lru_cache
from itertools import product

from anyascii import anyascii

# Removed from a name that keeps two words at least: they vary from one document to the next.
PARTICLES = frozenset(
    {
        *(
            "de",
            "du",
            "des",
            "da",
            "do",
            "dos",
            "das",
            "del",
            "della",
            "di",
            "la",
            "le",
            "les",
            "van",
            "von",
            "der",
            "den",
        ),
        *("el", "al", "ul", "es", "ould", "wuld", "uld", "oulad", "ben", "bin", "ibn", "bint", "bent", "ait", "ag"),
        *("nee", "ne", "epouse", "ep", "veuve", "vve", "mme", "mr", "dit", "dite", "alias"),
    }
)
SERVANT = re.compile(r"^abd(?:ou|u|e|a|o)?(?:l|r|s|n|d|t|z|ch|sh)?$")
SERVANT_OF = re.compile(r"^abd(?:ou|[eaou])(?:l(?=[a-z]{4})|([rsndtz])(?=\1[a-z]{2})|(?=ra))(?=[a-z]{3})")
# In order, longest first: letters that stand for one sound. A capital is a sound with several readings.
SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"^mc(?=[a-z])", "mak"),
        (r"[ck]?kh", "Q"),
        (r"gh", "g"),
        (r"(?:tsch|tch|tsh|tzs|cz|ts(?=ch))", "C"),
        (r"(?:sch|sh|sz|^x)", "x"),
        (r"ch", "C"),
        (r"(?:dzh|dj|dg(?=e)|zh|rz(?=e|y))", "j"),
        (r"(?:tz|ts|dz)", "z"),
        (r"ph", "f"),
        (r"g(?=[eiy])", "J"),
        (r"gu(?=[eiy])", "g"),
        (r"(?:ck|cq|qu|q|c(?![eiy]))", "k"),
        (r"c", "s"),
        (r"x", "ks"),
        (r"ou(?=[aeiouy])", "w"),
        (r"(?:ou|oo)", "u"),
        (r"(?:eau|au)", "o"),
        (r"(?:ee|ii|yi|iy|ey$)", "i"),
        (r"(?:ai|ay|ei|ae|ey)", "e"),
        (r"y", "i"),
        (r"(?<=[a-z])ng(?=$|[^aeiou])", "n"),
        (r"(.)\1+", r"\1"),
        (r"h", ""),
        (r"(?<=[a-z]{3})e$", ""),
    )
]
CLASSES = {
    **dict.fromkeys("bp", ("B",)),
    **dict.fromkeys("fv", ("F",)),
    "w": ("", "F"),  # Ouattara and Wattara; Kowalski and Kovalski
    **dict.fromkeys("dt", ("T",)),
    **dict.fromkeys("gk", ("K",)),
    **dict.fromkeys("szx", ("S",)),
    "j": ("S", ""),  # Djamila; Jelena and Yelena
    "J": ("S", "K"),  # Georges; Sergei
    "C": ("S", "K"),  # Chen; Michele
    "Q": ("K", ""),  # Khadija and Hadidja
    "l": ("L",),
    "m": ("M",),
    "n": ("N",),
    "r": ("R",),
}
MOST_READINGS = 4


@lru_cache(maxsize=50_000)
def words(name: str) -> tuple[str, ...]:
    """Return the normalised words of a name; without particles when two words remain."""
    latin = name.replace("ç", "s").replace("Ç", "s")
    text = anyascii(latin)
    if any(ord(c) > 0x24F for c in latin):  # other scripts come out without a space: « ZhangWei »
        text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    text = re.sub(r"['’`´]", "", text).casefold()
    found = _servants(re.findall(r"[a-z]+", text))
    kept = [word for word in found if word not in PARTICLES]
    found = kept if len(kept) >= 2 else found
    return tuple(dict.fromkeys(filter(None, map(phonetic, found))))


def _servants(found: list[str]) -> list[str]:
    """Join « Abd al-Rahman », « Abdul Rahman », « Abderrahmane » into one word."""
    out: list[str] = []
    for word in found:
        if out and SERVANT.match(out[-1]) and len(word) > 2:
            out[-1] = f"abd{word}"
        elif out and out[-1] == "abd" and word in ("al", "el", "ul", "er", "ar"):
            continue
        else:
            out.append(word)
    return [SERVANT_OF.sub("abd", word) for word in out]


def phonetic(word: str) -> str:
    """Return one spelling for the sounds of a word, vowels kept."""
    for pattern, sound in SOUNDS:
        word = pattern.sub(sound, word)
    return word


@lru_cache(maxsize=50_000)
def skeletons(word: str) -> tuple[str, ...]:
    """Return the consonants of a sounded word by class, for each reading.

    A word of vowels only returns itself, prefixed by a dash.
    """
    ways = [CLASSES[letter] for letter in word if letter in CLASSES]
    found = []
    for reading in product(*ways):
        found.append("".join(reading) or f"-{word}")
        if len(found) == MOST_READINGS * 4:
            break
    return tuple(dict.fromkeys(found))[:MOST_READINGS]
