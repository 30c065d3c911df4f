"""Row security of calls to silent desks: the unit that called, and the desk that was called."""

from foundation.sight import By, Own
from foundation.walls import Wall
from referral.models import DeskCall

WALLS = [
    Wall.of(
        DeskCall,
        select="nrm.desk() IN (agency_id, called_id)",
        # which desks a unit may call about is said by nrm.watched, asked by the trigger
        insert=Own() & By(),
        rights="SELECT, INSERT",
    ),
]
