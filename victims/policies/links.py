"""Row security of links between cases: an agency that sees both, or nobody."""

from foundation.walls import Wall

from .sight import leads, sees

_BOTH = f"{sees('victims_caselink.one_id', 2)} AND {sees('victims_caselink.other_id', 2)}"
_LEADS_ONE = f"({leads('victims_caselink.one_id')} OR {leads('victims_caselink.other_id')})"
# « same person » is the coordination's decision on a possible duplicate, written and taken away by its trigger
_OURS = "sort <> 'same_person'"

WALLS = [
    Wall(
        "victims_caselink",
        select=_BOTH,
        insert=f"by_id = nrm.membership() AND agency_id = nrm.desk() AND {_OURS} AND {_BOTH} AND {_LEADS_ONE}",
        delete=f"{_OURS} AND {_BOTH} AND {_LEADS_ONE}",
        rights="SELECT, INSERT, DELETE",
    ),
]
