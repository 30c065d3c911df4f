"""The language of a public page, by its address: /plan/ in French, /en/plan/ in English. Staff keep their profile's.

Django's own prefix refuses /plan/ to a reader whose language is English; here both addresses answer everybody, and
the prefix, where there is one, is what counts.
"""

from django.conf import settings
from django.urls import URLResolver
from django.urls.resolvers import LocalePrefixPattern

PREFIXED = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def language_of(path: str) -> str | None:
    """The language an address asks for; None when it asks for none."""
    return next((code for code in PREFIXED if path.startswith(f"/{code}/")), None)


def other_address(path: str, language: str) -> str:
    """The same page in another language."""
    if (said := language_of(path)) is not None:
        path = path.removeprefix(f"/{said}")
    return f"/{language}{path}" if language in PREFIXED else path


class PublicPrefix(LocalePrefixPattern):
    def __init__(self):
        super().__init__(prefix_default_language=False)

    def match(self, path):
        prefix = next((f"{code}/" for code in PREFIXED if path.startswith(f"{code}/")), "")
        return path.removeprefix(prefix), (), {}


def by_language(*patterns) -> list[URLResolver]:
    """Routes that exist in each language; `reverse` gives the address in the language of the page."""
    return [URLResolver(PublicPrefix(), list(patterns))]
