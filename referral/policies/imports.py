"""Row security of imports: the agency's members who see cases."""

from foundation.walls import Wall
from victims.policies import sees

from .desks import ME

_OWN = "agency_id = nrm.desk()"

WALLS = [
    Wall(
        "referral_caseimport",
        select=_OWN,
        insert=f"{_OWN} AND by_id = {ME}",
        update=_OWN,
        rights="SELECT, INSERT, UPDATE (state, content, total, good, done, only_good, ended_at)",
    ),
    Wall(
        "referral_importedcase",
        select=f"{_OWN} AND {sees('referral_importedcase.case_id')}",
        insert=f"{_OWN} AND {sees('referral_importedcase.case_id', 3)}",
        rights="SELECT, INSERT",
    ),
    Wall(
        "referral_importmatching",
        select=_OWN,
        insert=_OWN,
        update=_OWN,
        rights="SELECT, INSERT, UPDATE",
    ),
]
