"""Row security of the path (level 3), and of relocations (level 2)."""

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
