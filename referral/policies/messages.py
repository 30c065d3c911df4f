"""Row security of an orientation's messages: a live desk, or the lead or level 3 of the case; ended, nobody else."""

from foundation.walls import Wall
from victims.policies import sees

from .desks import ME

_SEEN = (
    "EXISTS (SELECT 1 FROM referral_orientationdesk d WHERE d.orientation_id ="
    " referral_orientationmessage.orientation_id AND d.agency_id = nrm.desk() AND d.live)"
    f" OR {sees('referral_orientationmessage.case_id', 3, lead=True)}"
)

WALLS = [
    Wall(
        "referral_orientationmessage",
        select=_SEEN,
        # who asked or the desk that answers; the trigger looks at the state and at who may still say something
        insert=f"by_id = {ME} AND agency_id = nrm.desk() AND ({_SEEN})",
        rights="SELECT, INSERT",
    ),
]
