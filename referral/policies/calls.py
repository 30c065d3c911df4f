"""Row security of calls to silent desks: the unit that called, the desk called, and those that have the alert."""

from foundation.sight import By, Own, Sql
from foundation.walls import Wall
from referral.models import DeskCall
from referral.models.moves import Addressed

WALLS = [
    Wall.of(
        DeskCall,
        select=Sql("nrm.desk() IN (agency_id, called_id)") | Addressed("AlertDesk", here="alert_id", live=True),
        # nrm.watched, used by the trigger, decides which desks a unit may call
        insert=Own() & By(),
        rights="SELECT, INSERT",
    ),
]
