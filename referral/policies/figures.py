"""Row security of figures of routing: members read answer times, coordinations unmet needs; the worker writes."""

from foundation.walls import Wall
from referral.models import AnswerTime, UnmetNeed

_COORDINATES = "EXISTS (SELECT 1 FROM agencies_agency a WHERE a.group_id = nrm.desk() AND a.mandate <> '')"

WALLS = [
    Wall.of(AnswerTime, select="nrm.agency() IS NOT NULL", rights="SELECT, INSERT, UPDATE, DELETE"),
    Wall.of(UnmetNeed, select=_COORDINATES, rights="SELECT, INSERT, UPDATE, DELETE"),
]
