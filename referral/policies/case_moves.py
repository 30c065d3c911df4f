"""Row security of the moves of a case and of its outcome."""

from foundation.sight import By, Own, Sql
from foundation.walls import Wall
from referral.models import ENDED_BY_CLOSING, CaseMove, CaseOutcome
from victims.models.sight import Leads

FUNCTIONS = [
    "CREATE FUNCTION nrm.ended_by_closing() RETURNS text[] LANGUAGE sql IMMUTABLE AS"
    f" $$ SELECT '{{{','.join(ENDED_BY_CLOSING)}}}'::text[] $$"
]
WALLS = [
    Wall.of(
        CaseMove,
        # only the decision on a possible duplicate writes merging and its undoing
        insert=By("membership_id") & Own() & Sql("action NOT IN ('merge', 'unmerge')") & Leads(),
        rights="SELECT, INSERT",
    ),
    Wall.of(CaseOutcome, insert=By() & Leads(), rights="SELECT, INSERT"),
]
