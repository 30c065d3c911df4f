"""Show the sheet of a request: what is on it counts as read, in the journal and in the budget of who reads it."""

from journal.operations import record
from referral.models import Orientation
from referral.orientations.selectors.sheets import EMPTY, HIDDEN, SEALED, SPENT
from victims.models import Case, ReadingAlarm
from victims.reading.access import Spent, afford

Kind = ReadingAlarm.Kind
# the story, and what is of the file: one reading of the case; the summary is what a request is answered by
COUNTED = {
    Kind.FILE: ("file", "health", "offence", "residence"),
    Kind.IDENTITY: ("identity",),
    Kind.CONTACT: ("contact",),
}
# what a page shows once it was asked for, with a factor just shown: the rest is what a request is answered by
ASKED = ("identity", "contact", "health", "offence", "residence")


def shown(actor, orientation: Orientation, parts: dict[str, dict], *, names: bool) -> dict[str, dict]:
    """Return the parts of a sheet or of a preview, each story, name and contact journalled as read.

    Beyond the actor's budget of reading they are SPENT: the request is read and answered all the same. `names`: what
    is ASKED was asked for, of a page with a factor just shown; else it is HIDDEN, and not read.
    """
    found = dict(parts)
    # the addressee may not see the case yet: only its id and its urgency are asked
    case = Case(pk=orientation.case_id, urgency=orientation.urgency)
    for kind, of_kind in COUNTED.items():
        told = [name for name in of_kind if found.get(name) not in (None, SEALED, EMPTY)]
        if not names:
            found |= dict.fromkeys((name for name in told if name in ASKED), HIDDEN)
            told = [name for name in told if name not in ASKED]
        if not told:
            continue
        try:
            afford(actor, kind, case)
        except Spent:
            found |= dict.fromkeys(told, SPENT)
            continue
        record(_act(kind), orientation, case_id=orientation.case_id)
    return found


def _act(kind: str) -> str:
    if kind == Kind.IDENTITY:
        return "identity.read.sheet"
    if kind == Kind.CONTACT:
        return "contact.read.sheet"
    return "case.read.sheet"
