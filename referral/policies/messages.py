"""Row security of messages of an orientation: a live desk, the lead or level 3; after the end, not the desk."""

from foundation.sight import By, Own
from foundation.walls import Wall
from referral.models import OrientationMessage

WALLS = [
    Wall.of(
        OrientationMessage,
        # sender or answering desk; the trigger checks the state and who may still write
        insert=By() & Own() & OrientationMessage.sight,
        rights="SELECT, INSERT",
    ),
]
