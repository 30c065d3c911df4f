"""Row security of an orientation's messages: a live desk, or the lead or level 3 of the case; ended, nobody else."""

from foundation.sight import By, Own
from foundation.walls import Wall
from referral.models import OrientationMessage

WALLS = [
    Wall.of(
        OrientationMessage,
        # who asked or the desk that answers; the trigger looks at the state and at who may still say something
        insert=By() & Own() & OrientationMessage.sight,
        rights="SELECT, INSERT",
    ),
]
