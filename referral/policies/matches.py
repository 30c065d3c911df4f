"""Row security of matches: the unit asked, except cases it restricts to other members."""

from foundation.sight import By, Is, Own, SightIs, Sql
from foundation.walls import Wall
from referral.models import Match, MatchAlarm, MatchFinding, MatchMove

_WATCHES = SightIs("journal") | Sql(
    "nrm.desk() IN (SELECT a.group_id FROM agencies_agency a WHERE a.mandate = 'national')"
)

WALLS = [
    Wall.of(Match, worker_rights="SELECT, INSERT, UPDATE"),
    Wall.of(MatchMove, insert=By("membership_id") & Own() & MatchMove.sight, rights="SELECT, INSERT"),
    Wall.of(MatchFinding, rights="", worker_rights="SELECT, INSERT"),
    Wall.of(
        MatchAlarm,
        select=_WATCHES,
        update=_WATCHES & Is("seen_at", None),
        check=By("seen_by_id"),
        rights="SELECT, UPDATE (seen_at, seen_by_id, finding)",
        worker_rights="SELECT, INSERT, UPDATE (count)",
    ),
]
