"""Show the sheet of a request: the names and contacts on it count as read, in the journal and in the budget."""

from journal.operations import record
from referral.models import Orientation
from referral.orientations.selectors.sheets import EMPTY, SEALED, SPENT
from victims.models import Case, ReadingAlarm
from victims.reading.access import Spent, afford

COUNTED = {"identity": ReadingAlarm.Kind.IDENTITY, "contact": ReadingAlarm.Kind.CONTACT}


def shown(actor, orientation: Orientation, parts: dict[str, dict]) -> dict[str, dict]:
    """Return the parts of a sheet or of a preview, each name and contact journalled as read.

    Beyond the actor's budget of reading they are SPENT: the request is read and answered all the same.
    """
    found = dict(parts)
    # the addressee may not see the case yet: only its id and its urgency are asked
    case = Case(pk=orientation.case_id, urgency=orientation.urgency)
    for name, kind in COUNTED.items():
        if found.get(name) in (None, SEALED, EMPTY):
            continue
        try:
            afford(actor, kind, case)
        except Spent:
            found[name] = SPENT
            continue
        if name == "identity":
            record("identity.read.sheet", orientation, case_id=orientation.case_id)
        else:
            record("contact.read.sheet", orientation, case_id=orientation.case_id)
    return found
