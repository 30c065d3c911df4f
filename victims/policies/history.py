"""Row security of versions: the policy of what they copy. Written by triggers alone."""

from foundation.walls import Wall

from .sight import sees

WALLS = [
    Wall("victims_caseversion", select=sees("victims_caseversion.pgh_obj_id", 2)),
    Wall("victims_identityversion", select=sees("victims_identityversion.case_id", 2, bit=1)),
    Wall("victims_contactversion", select=sees("victims_contactversion.case_id", 2, bit=2)),
    Wall("victims_profileversion", select=sees("victims_profileversion.case_id", 3)),
    Wall(
        "victims_needversion",
        select=(
            f"{sees('victims_needversion.case_id', 3)}"
            f" AND (NOT asylum OR {sees('victims_needversion.case_id', bit=16)})"
        ),
    ),
]
