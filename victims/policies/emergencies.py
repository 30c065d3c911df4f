"""Row security of emergency accesses, written by `nrm.break_glass` only."""

from foundation.walls import Wall
from victims.models import EmergencyAccess

WALLS = [Wall.of(EmergencyAccess)]
