"""Read the labels of codes of the domain pack, in the language of the reader."""

from django.utils.translation import get_language

from foundation.words.reference_lists import kept, known
from foundation.words.typography import with_no_break_spaces
from indicators.models import Code

FORMS = "forms_of_exploitation"
DECLINE_REASONS = "decline_reasons"
CONSENT_PURPOSES = "consent_purposes"
CLOSURE_REASONS = "closure_reasons"


def choices(code_list: str) -> list[tuple[str, str]]:
    """Return the (code, label) pairs that may be chosen today in this list, in its order."""
    return kept(_choices, code_list)


def _choices(code_list: str) -> list[tuple[str, str]]:
    return [(code.code, _label(code)) for code in Code.objects.of(code_list)]


def labels(*code_lists: str) -> dict[str, dict[str, str]]:
    """Return list -> code -> label, in one query.

    Withdrawn codes are included: they stay readable where they were used.
    """
    if known():
        every = kept(_labels)
        return {name: every.get(name, {}) for name in code_lists}
    return {name: {} for name in code_lists} | _labels(*code_lists)


def _labels(*code_lists: str) -> dict[str, dict[str, str]]:
    """Return the labels of these lists; of all of them when none is named."""
    found: dict[str, dict[str, str]] = {}
    codes = Code.objects.filter(code_list__in=code_lists) if code_lists else Code.objects.all()
    for code in codes.order_by("code_list", "order"):
        found.setdefault(code.code_list_id, {})[code.code] = _label(code)
    return found


def named_in(standard: str, *code_lists: str) -> dict[str, dict[str, str]]:
    """Return list -> code -> value of a standard, `htcds` for instance, for the codes of today that have one."""
    found: dict[str, dict[str, str]] = {name: {} for name in code_lists}
    codes = Code.objects.filter(code_list__in=code_lists, active=True).order_by("code_list", "order")
    for code in codes:
        if value := code.data.get(standard):
            found[code.code_list_id][code.code] = value
    return found


def _label(code: Code) -> str:
    english = (get_language() or "fr").startswith("en")
    return (code.label_en if english else "") or with_no_break_spaces(code.label_fr)
