"""Read the public numbers of the directory, in the reader's language."""

from django.utils.translation import get_language

from agencies.models import Helpline
from foundation.words.typography import breathe

BY_TEXT = {"114"}  # for those who cannot speak: it is written to, not called
_last_read: list[dict] = []


def spoken(line: Helpline) -> dict:
    """A number as a page says it, in the reader's language when the label exists in it."""
    french = get_language() == "fr"
    return {
        "number": line.number,
        "href": f"{'sms' if line.number in BY_TEXT else 'tel'}:{line.number.replace(' ', '')}",
        "label": breathe(line.label_fr) if french else line.label_en or breathe(line.label_fr),
        "use": breathe(line.use_fr) if french else line.use_en or breathe(line.use_fr),
        "free": line.free,
        "reviewed_on": line.reviewed_on,
    }


def emergency_numbers() -> list[dict]:
    global _last_read
    _last_read = [spoken(line) for line in Helpline.objects.filter(kind="emergency", active=True)]
    return _last_read


def last_numbers() -> list[dict]:
    """The emergency numbers this process last read, for the page that must ask the database nothing."""
    return _last_read
