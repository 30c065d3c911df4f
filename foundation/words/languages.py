"""Choose the language of a public page by its address: /temoin/ in French, /en/temoin/ in English.

Members read in the language of their profile. Django's own prefix pattern answers 404 for /plan/ to a reader whose
language is English; here both addresses answer everybody, and the prefix alone decides.
"""

from django.conf import settings
from django.urls import URLResolver, is_valid_path
from django.urls.resolvers import LocalePrefixPattern
from django.utils.translation import get_language, get_language_info
from django.utils.translation.trans_real import parse_accept_lang_header

PREFIXED = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def language_of(path: str) -> str | None:
    """Return the language that a path asks for by its prefix, or None."""
    return next((code for code in PREFIXED if path.startswith(f"/{code}/")), None)


def accepted_language(header: str) -> str:
    """Return the language of the interface that an `Accept-Language` header prefers; the default when it names none."""
    known = {code for code, _ in settings.LANGUAGES}
    asked = (code.partition("-")[0] for code, weight in parse_accept_lang_header(header) if weight > 0)
    return next((code for code in asked if code in known), settings.LANGUAGE_CODE)


def other_address(path: str, language: str) -> str:
    """Return the address of the same page in another language."""
    if (prefixed := language_of(path)) is not None:
        path = path.removeprefix(f"/{prefixed}")
    return f"/{language}{path}" if language in PREFIXED else path


def others(path: str, full_path: str) -> list[dict]:
    """Return the same page in the other languages (code, name, path, href), empty for a page with one address only."""
    return [
        {
            "code": code,
            "name": get_language_info(code)["name_local"].capitalize(),
            "path": other_address(path, code),
            "href": other_address(full_path, code),
        }
        for code, _ in settings.LANGUAGES
        if code != get_language() and all(is_valid_path(other_address(path, each)) for each in PREFIXED)
    ]


class PublicPrefix(LocalePrefixPattern):
    """Match a path with or without a language prefix."""

    def __init__(self):
        super().__init__(prefix_default_language=False)

    def match(self, path):
        prefix = next((f"{code}/" for code in PREFIXED if path.startswith(f"{code}/")), "")
        return path.removeprefix(prefix), (), {}


def by_language(*patterns) -> list[URLResolver]:
    """Return routes that exist in each language; `reverse` gives the address in the active language."""
    return [URLResolver(PublicPrefix(), list(patterns))]
