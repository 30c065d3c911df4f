"""Row security of figures: members read answer times, coordinations unmet needs, the national one those of all cases;
the worker writes."""

from foundation.walls import Wall
from referral.models import AnswerTime, NationalFigure, UnmetNeed

_COORDINATES = "EXISTS (SELECT 1 FROM agencies_agency a WHERE a.group_id = nrm.desk() AND a.mandate <> '')"
_NATIONAL = "nrm.desk() IN (SELECT a.group_id FROM agencies_agency a WHERE a.mandate = 'national')"

WALLS = [
    Wall.of(AnswerTime, select="nrm.agency() IS NOT NULL", rights="SELECT, INSERT, UPDATE, DELETE"),
    Wall.of(UnmetNeed, select=_COORDINATES, rights="SELECT, INSERT, UPDATE, DELETE"),
    # said once by the worker: a second count of a quarter would tell by its difference what changed
    Wall.of(NationalFigure, select=_NATIONAL, rights="SELECT", worker_rights="SELECT, INSERT"),
]
