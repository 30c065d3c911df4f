"""Read the labels of codes of the domain pack, in the language of the reader."""

from django.utils.translation import get_language

from foundation.words.typography import with_no_break_spaces
from indicators.models import Code

FORMS = "forms_of_exploitation"
DECLINE_REASONS = "decline_reasons"
CONSENT_PURPOSES = "consent_purposes"
CLOSURE_REASONS = "closure_reasons"


def choices(code_list: str) -> list[tuple[str, str]]:
    """Return the (code, label) pairs that may be chosen today in this list, in its order."""
    return [(code.code, _label(code)) for code in Code.objects.of(code_list)]


def labels(*code_lists: str) -> dict[str, dict[str, str]]:
    """Return list -> code -> label, in one query.

    Withdrawn codes are included: they stay readable where they were used.
    """
    found = {name: {} for name in code_lists}
    for code in Code.objects.filter(code_list__in=code_lists).order_by("code_list", "order"):
        found[code.code_list_id][code.code] = _label(code)
    return found


def _label(code: Code) -> str:
    english = (get_language() or "fr").startswith("en")
    return (code.label_en if english else "") or with_no_break_spaces(code.label_fr)
