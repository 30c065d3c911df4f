"""Row security of identification: text at level 3, views without text at level 2."""

from foundation.sight import By, Own, Sql
from foundation.walls import Wall
from victims.models import IdentificationView, Statement
from victims.models.sight import Sees

WALLS = [
    Wall.of(
        Statement,
        insert=By() & Own() & Sees(3, lead=True) & Sql("nrm.entitled(agency_id, status)"),
        rights="SELECT, INSERT",
    ),
    Wall.of(IdentificationView),
]
