"""Row security of links between cases: agencies that see both."""

from foundation.sight import By, IsNot, Own
from foundation.walls import Wall
from victims.models import CaseLink
from victims.models.sight import Leads

_LEADS_ONE = Leads("one_id") | Leads("other_id")
# the trigger of a decision on a possible duplicate writes and deletes « same person »
_OURS = IsNot("sort", "same_person")

WALLS = [
    Wall.of(
        CaseLink,
        insert=By() & Own() & _OURS & CaseLink.sight & _LEADS_ONE,
        delete=_OURS & CaseLink.sight & _LEADS_ONE,
        rights="SELECT, INSERT, DELETE",
    ),
]
