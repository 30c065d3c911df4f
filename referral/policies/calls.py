"""Row security of calls to silent desks: the unit that called, and the desk called."""

from foundation.sight import By, Own
from foundation.walls import Wall
from referral.models import DeskCall

WALLS = [
    Wall.of(
        DeskCall,
        select="nrm.desk() IN (agency_id, called_id)",
        # nrm.watched, used by the trigger, decides which desks a unit may call
        insert=Own() & By(),
        rights="SELECT, INSERT",
    ),
]
