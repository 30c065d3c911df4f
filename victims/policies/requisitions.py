"""Row security of requisitions: the agency that received one, and nobody else; nothing after it was answered."""

from foundation.sight import By, Is
from foundation.walls import Wall
from victims.models import Requisition

_ENDED = Is("state", "answered") | Is("state", "refused")

WALLS = [
    Wall.of(
        Requisition,
        # whatever is ended names who did it, by constraint: without one it is open
        insert=By() & Is("ended_by_id", None) & Requisition.sight,
        update=Is("ended_by_id", None) & Requisition.sight,
        check=_ENDED & By("ended_by_id"),  # signed by who answers; never open again
        rights="SELECT, INSERT, UPDATE (state, ended_at, ended_by_id, outcome)",
    ),
]
