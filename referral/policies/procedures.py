"""Row security of procedures on a case: level 3 or the lead; of residence and asylum, the lead or their category."""

from foundation.walls import Wall
from victims.policies import sees


def _seen(table: str) -> str:
    case = f"{table}.case_id"
    return f"({sees(case, 3, lead=True)} AND (NOT {table}.sealed OR {sees(case, bit=16, lead=True)}))"


def _mine(table: str) -> str:
    return f"by_id = nrm.membership() AND {_seen(table)}"


WALLS = [
    *[
        Wall(table, select=_seen(table), insert=_mine(table), rights="SELECT, INSERT")
        for table in ("referral_checklist", "referral_stepact", "referral_clockmove")
    ],
    Wall(
        "referral_reflectionoffer",
        select=sees("referral_reflectionoffer.case_id", 3, lead=True),
        insert=f"by_id = nrm.membership() AND {sees('referral_reflectionoffer.case_id', 3, lead=True)}",
        rights="SELECT, INSERT",
    ),
    Wall(
        "referral_clock",
        select=_seen("referral_clock"),
        insert=f"{_mine('referral_clock')} AND state = 'running'",
        update=_seen("referral_clock"),
        rights="SELECT, INSERT, UPDATE (state, due_at, remind_at)",
    ),
]
