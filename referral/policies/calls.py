"""Row security of calls to silent desks: the unit that called, and the desk that was called."""

from foundation.walls import Wall

from .desks import ME

WALLS = [
    Wall(
        "referral_deskcall",
        select="nrm.desk() IN (agency_id, called_id)",
        # which desks a unit may call about is said by nrm.watched, asked by the trigger
        insert=f"agency_id = nrm.desk() AND by_id = {ME}",
        rights="SELECT, INSERT",
    ),
]
