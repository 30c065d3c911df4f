"""Row security of the thread, of notes under professional secrecy, of linked persons and of papers kept elsewhere."""

from foundation.walls import Wall

from .sight import open_to_me, sees

ADDS = "SELECT, INSERT"


def _mine(table: str) -> str:
    """Written by the acting member for its agency, which reads the file or leads."""
    return f"by_id = nrm.membership() AND agency_id = nrm.desk() AND {sees(f'{table}.case_id', 3, lead=True)}"


def file_or_own(table: str, but: str = "true") -> str:
    case = f"{table}.case_id"
    return f"({sees(case, 3)} AND {but}) OR (agency_id = nrm.desk() AND {sees(case, 2)})"


_NOTE = "victims_secretnote"

WALLS = [
    Wall(
        "victims_timelineentry",
        select=file_or_own("victims_timelineentry", "sort <> 'internal'"),
        insert=_mine("victims_timelineentry"),
        rights=ADDS,
    ),
    Wall(
        _NOTE,
        # its agency's own: no level, no lead, no end of access changes that; a restriction inside the agency does
        select=f"agency_id = nrm.desk() AND {open_to_me(f'{_NOTE}.case_id')}",
        # a first note needs sight of the case, a correction only the note it corrects (trigger)
        insert=(
            f"by_id = nrm.membership() AND agency_id = nrm.desk() AND {open_to_me(f'{_NOTE}.case_id')}"
            f" AND (replaces_id IS NOT NULL OR {sees(f'{_NOTE}.case_id', 2)})"
        ),
        rights=ADDS,
    ),
    *[
        Wall(table, select=file_or_own(table), insert=_mine(table), rights=ADDS)
        for table in ("victims_linkedperson", "victims_paperdocument")
    ],
    Wall(
        "victims_linkedpersonname",
        select=sees("victims_linkedpersonname.case_id", 2, bit=1),
        insert=f"by_id = nrm.membership() AND {sees('victims_linkedpersonname.case_id', 2, bit=1)}",
        rights=ADDS,
    ),
]
