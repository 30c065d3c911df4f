"""Row security of links between cases: an agency that sees both, or nobody."""

from foundation.sight import By, IsNot, Own
from foundation.walls import Wall
from victims.models import CaseLink
from victims.models.sight import Leads

_LEADS_ONE = Leads("one_id") | Leads("other_id")
# « same person » is the coordination's decision on a possible duplicate, written and taken away by its trigger
_OURS = IsNot("sort", "same_person")

WALLS = [
    Wall.of(
        CaseLink,
        insert=By() & Own() & _OURS & CaseLink.sight & _LEADS_ONE,
        delete=_OURS & CaseLink.sight & _LEADS_ONE,
        rights="SELECT, INSERT, DELETE",
    ),
]
