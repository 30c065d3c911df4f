"""Put documents in words."""

from django.utils.formats import localize
from django.utils.translation import gettext as _

from agencies.models import Category
from victims.models import CaseFile

FAMILIES = {
    CaseFile.State.QUARANTINE: "sent",
    CaseFile.State.READY: "completed",
    CaseFile.State.REFUSED: "declined",
    CaseFile.State.WITHDRAWN: "closed",
    CaseFile.State.ERASED: "closed",
}


def size_words(size: int) -> str:
    """Return a size as the limits of the page say it, « 3 Ko », « 1,4 Mo »."""
    if size < 1_000_000:
        return _("%(size)s KB") % {"size": -(-size // 1000)}
    return _("%(size)s MB") % {"size": localize(round(size / 1_000_000, 1))}


def shown(found: CaseFile) -> CaseFile:
    """Add what the page says of a document: its state in words, its size, who may read it."""
    found.family = FAMILIES[found.state]
    found.state_words = found.get_state_display()
    if found.state == CaseFile.State.REFUSED:
        found.state_words = _("Refused: %(why)s") % {"why": found.get_reason_display().lower()}
    found.size_words = size_words(found.size)
    found.readers = _("Professional secrecy") if found.secret else Category(found.bit).label if found.bit else ""
    found.act = "reveal" if found.bit or found.secret else "take"
    return found
