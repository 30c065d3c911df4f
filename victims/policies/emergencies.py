"""Row security of emergency accesses: written by `nrm.break_glass` alone."""

from foundation.walls import Wall

from .sight import sees

WALLS = [
    Wall(
        "victims_emergencyaccess",
        select=(
            "nrm.sight() = 'journal' OR membership_id = nrm.membership()"
            f" OR {sees('victims_emergencyaccess.case_id', 3, lead=True)}"
        ),
    ),
]
