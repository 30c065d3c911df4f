"""Row security of own references and nicknames: the agency that wrote them, while it sees the case."""

from foundation.sight import By, Own
from foundation.walls import Wall
from victims.models import OwnLabel
from victims.models.sight import Sees

WALLS = [
    Wall.of(
        OwnLabel,
        insert=By() & Own() & Sees(),
        update=OwnLabel.sight,
        check=By(),
        rights="SELECT, INSERT, UPDATE (data, reference_digest, nickname_digest, by_id, at)",
    ),
]
