"""Row security of a path: level 3, as what was seen and said. Moves of a case are read by those who see its place."""

from foundation.walls import Wall

from .sight import sees

_MINE = "by_id = nrm.membership()"

WALLS = [
    Wall(
        "victims_episode",
        select=sees("victims_episode.case_id", 3),
        insert=f"{_MINE} AND {sees('victims_episode.case_id', 3)}",
        rights="SELECT, INSERT",
    ),
    Wall(
        "victims_profile",
        select=sees("victims_profile.case_id", 3),
        insert=f"{_MINE} AND {sees('victims_profile.case_id', 3)}",
        update=sees("victims_profile.case_id", 3),
        check=f"{_MINE} AND {sees('victims_profile.case_id', 3)}",
        rights="SELECT, INSERT, UPDATE",
    ),
    Wall("victims_relocation", select=sees("victims_relocation.case_id", 2)),
]
