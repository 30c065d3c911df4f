"""Row security of identification: the text at level 3, the views without text at level 2."""

from foundation.walls import Wall

from .sight import sees

_CASE, _VIEW = "victims_statement.case_id", "victims_identificationview.case_id"

WALLS = [
    Wall(
        "victims_statement",
        # that an asylum body stated something tells of an asylum claim: the residence bit, or that body itself
        select=(f"{sees(_CASE, 3)} AND (NOT asylum OR agency_id = nrm.desk() OR {sees(_CASE, bit=16)})"),
        insert=(
            f"by_id = nrm.membership() AND agency_id = nrm.desk() AND {sees(_CASE, 3, lead=True)}"
            " AND nrm.entitled(agency_id, status)"
        ),
        rights="SELECT, INSERT",
    ),
    Wall(
        "victims_identificationview",
        select=(
            f"{sees(_VIEW, 2)} AND (asylum_body_id IS NULL OR asylum_body_id = nrm.desk() OR {sees(_VIEW, bit=16)})"
        ),
    ),
]
