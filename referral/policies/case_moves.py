"""Row security of the moves of a case and of how it ended."""

from foundation.sight import By, Own, Sql
from foundation.walls import Wall
from referral.models import CaseMove, CaseOutcome
from victims.models.sight import Leads

WALLS = [
    Wall.of(
        CaseMove,
        # merging and its undoing are written by the decision on a possible duplicate alone
        insert=By("membership_id") & Own() & Sql("action NOT IN ('merge', 'unmerge')") & Leads(),
        rights="SELECT, INSERT",
    ),
    Wall.of(CaseOutcome, insert=By() & Leads(), rights="SELECT, INSERT"),
]
