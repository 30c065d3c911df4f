"""Read the public phone numbers of the directory, in the reader's language."""

from django.db.models import Q
from django.utils.translation import get_language

from agencies.models import Helpline
from foundation.words.reference_lists import kept
from foundation.words.telephone import digits, telephone
from foundation.words.typography import with_no_break_spaces

BY_TEXT = {"114"}  # for people who cannot speak: by text message
WITHOUT_NETWORK = ("119", "115")  # beside the emergency numbers, when nothing but the telephone is left
_last_read: list[dict] = []


def spoken(line: Helpline) -> dict:
    """Return a number as pages show it, in English when the label exists in it."""
    french = get_language() == "fr"
    return {
        "number": telephone(line.number),
        "href": f"{'sms' if line.number in BY_TEXT else 'tel'}:{digits(line.number)}",
        "label": with_no_break_spaces(line.label_fr)
        if french
        else line.label_en or with_no_break_spaces(line.label_fr),
        "use": with_no_break_spaces(line.use_fr) if french else line.use_en or with_no_break_spaces(line.use_fr),
        "free": line.free,
        "reviewed_on": line.reviewed_on,
    }


def numbers_of_pages() -> list[dict]:
    """Return the active emergency numbers, then those of WITHOUT_NETWORK; remember the former for `last_numbers`."""
    global _last_read
    found = kept(_numbers_of_pages)
    _last_read = [line for line in found if line["emergency"]]
    return found


def _numbers_of_pages() -> list[dict]:
    lines = Helpline.objects.filter(Q(kind="emergency") | Q(number__in=WITHOUT_NETWORK), active=True)
    found = [spoken(line) | {"emergency": line.kind == "emergency", "child": line.kind == "child"} for line in lines]
    return sorted(found, key=lambda line: not line["emergency"])


def child_number() -> dict | None:
    """Return the first active number for children in danger (119 in France), or None."""
    line = Helpline.objects.filter(kind="child", active=True).first()
    return spoken(line) if line else None


def last_numbers() -> list[dict]:
    """Return the emergency numbers this process last read, for pages that may not query the database."""
    return _last_read
