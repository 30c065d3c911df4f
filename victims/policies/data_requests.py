"""Row security of what the person asks about their data: the file, and the lead; nothing after it was answered.

A limitation of use is read by whoever sees the case in any way; it is begun and ended, once, by who answers requests.
Emergency access, which anybody takes by a reference, reads what was asked and decides nothing of it
(`cases.access.in_own_right` says the same to the page).
"""

from foundation.sight import By, Is, Own
from foundation.walls import Wall
from victims.models import DataRequest, Limitation
from victims.models.sight import Leads, Sees

from .requisitions import Entrusted

# whatever is prolonged or ended names who did it, by constraint: without them it is open
_NEW = Is("prolonged_by_id", None) & Is("ended_by_id", None)
_ENDED = Is("state", "answered") | Is("state", "refused")
_ANSWERS = Sees(3, lead=True) & (Leads() | Entrusted())

WALLS = [
    Wall.of(
        DataRequest,
        insert=By() & Own() & _NEW & _ANSWERS,
        update=Is("ended_by_id", None) & _ANSWERS,
        # signed by who prolongs, answers or refuses; never open again
        check=Is("ended_by_id", None) & By("prolonged_by_id") | _ENDED & By("ended_by_id"),
        rights="SELECT, INSERT, UPDATE (state, identity, due_on, prolonged_on, prolonged_by_id, reason, ended_at,"
        " ended_by_id, outcome)",
    ),
    Wall.of(
        Limitation,
        insert=By() & Own() & Is("ended_by_id", None) & _ANSWERS,
        update=Is("ended_by_id", None) & _ANSWERS,
        check=By("ended_by_id"),
        rights="SELECT, INSERT, UPDATE (ended_at, ended_by_id, ended_because)",
    ),
]
