"""The language of a public page, by its address: /temoin/, in English /en/temoin/. Staff keep their profile's.

Django's own prefix refuses /plan/ to a reader whose language is English; here both addresses answer everybody, and
the prefix, where there is one, is what counts.
"""

from django.conf import settings
from django.urls import URLResolver, is_valid_path
from django.urls.resolvers import LocalePrefixPattern
from django.utils.translation import get_language, get_language_info

PREFIXED = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def language_of(path: str) -> str | None:
    """The language an address asks for; None when it asks for none."""
    return next((code for code in PREFIXED if path.startswith(f"/{code}/")), None)


def other_address(path: str, language: str) -> str:
    """The same page in another language."""
    if (said := language_of(path)) is not None:
        path = path.removeprefix(f"/{said}")
    return f"/{language}{path}" if language in PREFIXED else path


def others(path: str, full_path: str) -> list[dict]:
    """The same page in the other languages, each named in its own; none for a page that has one address."""
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
    def __init__(self):
        super().__init__(prefix_default_language=False)

    def match(self, path):
        prefix = next((f"{code}/" for code in PREFIXED if path.startswith(f"{code}/")), "")
        return path.removeprefix(prefix), (), {}


def by_language(*patterns) -> list[URLResolver]:
    """Routes that exist in each language; `reverse` gives the address in the language of the page."""
    return [URLResolver(PublicPrefix(), list(patterns))]
