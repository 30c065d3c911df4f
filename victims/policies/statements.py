"""Row security of identification: the text at level 3, the views without text at level 2."""

from agencies.walls import Wall

from .sight import sees

_CASE = "victims_statement.case_id"

WALLS = [
    Wall(
        "victims_statement",
        # that an asylum body stated something tells of an asylum claim: the residence bit, or that body itself
        select=(f"{sees(_CASE, 3)} AND (NOT asylum OR agency_id = nrm.desk() OR {sees(_CASE, 3, bit=16)})"),
        insert=(
            f"by_id = nrm.membership() AND agency_id = nrm.desk() AND {sees(_CASE, 3, lead=True)}"
            " AND nrm.entitled(agency_id, status)"
        ),
        rights="SELECT, INSERT",
    ),
    Wall("victims_identificationview", select=sees("victims_identificationview.case_id", 2)),
]
