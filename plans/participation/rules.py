"""Find what may name a person in a text: pointed out in a contribution, refused in a signal.

Patterns only: a name without a title cannot be recognised, and the page says so.
"""

import re

from django.utils.translation import pgettext_lazy

from foundation.words import free_text
from foundation.words.free_text import Found

_SHAPES = (
    (
        "name",
        pgettext_lazy("telltale", "a person's name"),
        re.compile(
            r"(?<!\w)(?:M\.|Mr\.?|Mrs\.?|Ms\.?|Mme|Mlle|Monsieur|Madame|Mademoiselle)\s+"
            r"(?:[A-ZÀ-ÖØ-Þ][\w’'-]+|[A-ZÀ-ÖØ-Þ]\.)(?:\s+[A-ZÀ-ÖØ-Þ][\w’'-]+)?"
        ),
    ),
    (
        "document",
        pgettext_lazy("telltale", "the number of a document"),
        re.compile(
            r"(?<!\w)(?:\d{2}[A-Z]{2}\d{5}|[12]\s?\d{2}\s?\d{2}\s?\d[\dAB]\s?\d{3}\s?\d{3}(?:\s?\d{2})?|\d{9,})(?!\w)"
        ),
    ),
)

# The public reason of a withdrawal (`NameWithdrawal.Reason`) that fits each kind of passage.
REASON = {"name": "name", "email": "contact", "phone": "contact", "plate": "recognisable", "document": "number"}


def found_in(*texts: str) -> list[Found]:
    """Return e-mails, phones, plates, names after a title, and document numbers, each once."""
    seen: dict[tuple[str, str], Found] = {}
    for text in texts:
        mine = [Found(kind, words, hit) for kind, words, shape in _SHAPES for hit in shape.findall(text or "")]
        for found in [*free_text.found_in(text), *mine]:
            seen.setdefault((found.kind, found.text), found)
    return list(seen.values())
