"""Row security of the moves of a case and of how it ended."""

from foundation.walls import Wall
from victims.policies import leads, sees

from .desks import ME

WALLS = [
    Wall(
        "referral_casemove",
        select=sees("referral_casemove.case_id", 2),
        # merging and its undoing are written by the decision on a possible duplicate alone
        insert=(
            f"membership_id = {ME} AND agency_id = nrm.desk() AND action NOT IN ('merge', 'unmerge')"
            f" AND {leads('referral_casemove.case_id')}"
        ),
        rights="SELECT, INSERT",
    ),
    Wall(
        "referral_caseoutcome",
        select=sees("referral_caseoutcome.case_id", 3),
        insert=f"by_id = {ME} AND {leads('referral_caseoutcome.case_id')}",
        rights="SELECT, INSERT",
    ),
]
