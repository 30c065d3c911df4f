"""Name countries in both languages of the interface, from the tables of Unicode (CLDR)."""

import unicodedata
from functools import cache, lru_cache

from babel import Locale
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

STATELESS = "stateless"
# Codes of Unicode that are not countries: islands reserved by ISO 3166 (Ascension, Ceuta and Melilla, Clipperton, Diego
# Garcia, the Canaries, Sark, Tristan da Cunha), unions, the unknown, and test codes.
NOT_COUNTRIES = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"])
# the 249 of ISO 3166-1, and Kosovo, which has a code by usage only (XK)
CODES = frozenset(
    code for code in Locale.parse("en").territories if len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES
)


@lru_cache(maxsize=4)
def _names(tongue: str) -> dict[str, str]:
    named = Locale.parse(tongue).territories
    return {code: named[code] for code in CODES}


def _tongue() -> str:
    return "en" if (get_language() or "fr").startswith("en") else "fr"


def names() -> list[str]:
    """Return the names of all countries in the language of the reader, sorted, then « Stateless »."""
    return [*sorted(_names(_tongue()).values(), key=_plain), str(_("Stateless"))]


def label(code: str) -> str:
    return str(_("Stateless")) if code == STATELESS else _names(_tongue()).get(code, code)


def code_of(text: str) -> str | None:
    """Return the code of a country typed in French or English, with or without accents; None when unknown."""
    wanted = _plain(text)
    if wanted in {"apatride", "stateless"}:
        return STATELESS
    return _codes().get(wanted)


@cache
def _codes() -> dict[str, str]:
    """Return {name of a country in French or English, plain: its code}; a French name before an English one."""
    return {_plain(name): code for tongue in ("en", "fr") for code, name in reversed(_names(tongue).items())}


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold()
    return "".join(c for c in apart if not unicodedata.combining(c)).strip()
