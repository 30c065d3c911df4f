"""Row security of a path: level 3, as what was seen and said. Moves of a case are read by those who see its place."""

from foundation.sight import By
from foundation.walls import Wall
from victims.models import Episode, Profile, Relocation

WALLS = [
    Wall.of(Episode, insert=By() & Episode.sight, rights="SELECT, INSERT"),
    Wall.of(
        Profile,
        insert=By() & Profile.sight,
        update=Profile.sight,
        check=By() & Profile.sight,
        rights="SELECT, INSERT, UPDATE",
    ),
    Wall.of(Relocation),
]
