"""Row security of situations: the unit that made them. A line is read by who sees its case, or its alert, by itself."""

from foundation.walls import Wall
from victims.policies import sees

from .desks import ME

_OWN = "agency_id = nrm.desk()"


def _of_mine(table: str) -> str:
    """The situation by its own policy: the unit's."""
    return f"EXISTS (SELECT 1 FROM referral_situation s WHERE s.id = {table}.situation_id)"


def _seen(alert: str) -> str:
    """The alert by its own policy: a situation adds nothing to it."""
    return f"EXISTS (SELECT 1 FROM referral_alert x WHERE x.id = {alert})"


WALLS = [
    Wall(
        "referral_situation",
        select=_OWN,
        insert=f"{_OWN} AND created_by_id = {ME}",
        update=_OWN,
        rights="SELECT, INSERT, UPDATE (sort, happened_on, territory_id, form, place, data)",
    ),
    Wall(
        "referral_situationbatch",
        select=_OWN,
        insert=f"{_OWN} AND by_id = {ME} AND {_of_mine('referral_situationbatch')}",
        rights="SELECT, INSERT",
    ),
    Wall(
        "referral_situationalert",
        select=f"{_OWN} AND {_seen('referral_situationalert.alert_id')}",
        insert=f"{_OWN} AND {_of_mine('referral_situationalert')} AND {_seen('referral_situationalert.alert_id')}",
        delete=f"{_OWN} AND {_seen('referral_situationalert.alert_id')}",
        rights="SELECT, INSERT, DELETE",
    ),
    Wall(
        "referral_situationcase",
        select=f"{_OWN} AND {sees('referral_situationcase.case_id')}",
        insert=f"{_OWN} AND {_of_mine('referral_situationcase')} AND {sees('referral_situationcase.case_id', 2)}",
        update=f"{_OWN} AND {sees('referral_situationcase.case_id', 2)}",
        delete=f"{_OWN} AND {sees('referral_situationcase.case_id')}",
        rights="SELECT, INSERT, UPDATE (agreement), DELETE",
    ),
]
