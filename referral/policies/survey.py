"""Row security of what is handed over for the yearly survey: its agency's members who see cases, and the worker."""

from foundation.walls import Wall

from .desks import ME

_MINE = "agency_id = nrm.desk()"
_NOW = f"by_id = {ME} AND nrm.survey_answered(year)"

WALLS = [
    Wall(
        "referral_surveyanswer",
        select=_MINE,
        insert=f"{_MINE} AND {_NOW}",
        update=_MINE,
        check=_NOW,
        rights="SELECT, INSERT, UPDATE (data, by_id, at)",
    ),
]
