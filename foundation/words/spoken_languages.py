"""Name the languages spoken by the persons helped.

Pages use the reader's word for a language: a desk does not read Tigrinya. Lists of choices add the language's own name,
since the person who is shown the list may read nothing else.
"""

from functools import lru_cache

from babel import Locale
from django.utils.functional import lazy
from django.utils.translation import get_language, pgettext_lazy

# sorted by French name; desks declare these codes
OWN_NAMES = {
    "fr": "Français", "en": "English", "sq": "Shqip", "am": "አማርኛ", "ar": "العربية", "bm": "Bamanankan",
    "bn": "বাংলা", "bg": "Български", "zh": "中文", "prs": "دری", "bin": "Ẹ̀dó", "es": "Español",
    "ka": "ქართული", "ha": "Hausa", "hi": "हिन्दी", "hu": "Magyar", "ht": "Kreyòl", "ln": "Lingála",
    "ps": "پښتو", "fa": "فارسی", "pl": "Polski", "pt": "Português", "ff": "Pulaar", "rom": "Romani",
    "ro": "Română", "ru": "Русский", "sr": "Srpski", "so": "Soomaali", "snk": "Sooninkanxanne",
    "tl": "Tagalog", "ta": "தமிழ்", "th": "ไทย", "ti": "ትግርኛ", "tr": "Türkçe", "uk": "Українська",
    "ur": "اردو", "vi": "Tiếng Việt", "wo": "Wolof", "yo": "Yorùbá",
}  # fmt: skip
OTHER_LANGUAGE = ("mis", pgettext_lazy("alert", "Another language"))
NOT_IN_UNICODE = {"prs": "dari", "bin": "edo"}


@lru_cache(maxsize=128)
def name_in(tongue: str, code: str) -> str:
    """Return the name of a language in another one: name_in("fr", "ti") is « tigrigna »."""
    return NOT_IN_UNICODE.get(code) or Locale.parse(tongue).languages[code]


def read_as(code: str) -> str:
    """Return the name in the language of the page, « Tigrigna »; a code no longer offered is returned as it is."""
    if code not in OWN_NAMES:
        return str(OTHER_LANGUAGE[1]) if code == OTHER_LANGUAGE[0] else code
    word = name_in("en" if (get_language() or "fr").startswith("en") else "fr", code)
    return word[:1].upper() + word[1:]


def in_both(code: str) -> str:
    """Return « Tigrigna · ትግርኛ », for a list shown to staff and person; one name when both are the same."""
    own, read = OWN_NAMES.get(code, ""), read_as(code)
    return read if not own or read.casefold() == own.casefold() else f"{read} · {own}"


LANGUAGES = [(code, lazy(in_both, str)(code)) for code in OWN_NAMES]
