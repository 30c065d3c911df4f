"""Row security of requisitions: persons of the agency that received one alone; what was decided is added to it."""

from foundation.sight import By, Is, Own
from foundation.walls import Wall
from victims.models import Requisition, RequisitionMove
from victims.models.sight import Person, Sees

WALLS = [
    Wall.of(
        Requisition,
        insert=Person() & By() & Own() & Is("state", "open") & Is("ended_at", None) & Sees(3, lead=True),
        rights="SELECT, INSERT",
    ),
    Wall.of(RequisitionMove, insert=By() & RequisitionMove.sight, rights="SELECT, INSERT"),
]
