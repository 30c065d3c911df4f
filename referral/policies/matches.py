"""Row security of matches: coordination alone, by the unit asked, and never a case the unit keeps from this member."""

from foundation.walls import Wall
from victims.policies import open_to_me

from .desks import ME

_NOBODY = "nrm.membership() < 0"  # without an actor it raises, like every other table
_MINE = "EXISTS (SELECT 1 FROM referral_match m WHERE m.id = referral_matchmove.match_id)"  # under its own policy
_WATCHES = (
    "nrm.sight() = 'journal' OR nrm.desk() IN (SELECT a.group_id FROM agencies_agency a WHERE a.mandate = 'national')"
)

WALLS = [
    Wall(
        "referral_match",
        select=(
            f"unit_id = nrm.desk() AND {open_to_me('referral_match.first_id')}"
            f" AND {open_to_me('referral_match.second_id')}"
        ),
        worker_rights="SELECT, INSERT, UPDATE",
    ),
    Wall(
        "referral_matchmove",
        select=_MINE,
        insert=f"membership_id = {ME} AND agency_id = nrm.desk() AND {_MINE}",
        rights="SELECT, INSERT",
    ),
    Wall("referral_matchfinding", select=_NOBODY, rights="", worker_rights="SELECT, INSERT"),
    Wall(
        "referral_matchalarm",
        select=_WATCHES,
        update=f"({_WATCHES}) AND seen_at IS NULL",
        check=f"seen_by_id = {ME}",
        rights="SELECT, UPDATE (seen_at, seen_by_id, finding)",
        worker_rights="SELECT, INSERT, UPDATE (count)",
    ),
]
