"""Put documents in words."""

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


def shown(found: CaseFile) -> CaseFile:
    """Add what the page says of a document: its state in words, its size, who may read it."""
    found.family = FAMILIES[found.state]
    found.state_words = found.get_state_display()
    if found.state == CaseFile.State.REFUSED:
        found.state_words = _("Refused: %(why)s") % {"why": found.get_reason_display().lower()}
    found.readers = _("Professional secrecy") if found.secret else Category(found.bit).label if found.bit else ""
    found.act = "reveal" if found.bit or found.secret else "take"
    return found
