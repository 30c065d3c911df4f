"""Row security of needs and of the support plan: level 3, the words of a health or residence need behind its bit."""

from foundation.walls import Wall

from .entries import file_or_own
from .sight import sees

_LEADS_OR_READS = sees("victims_need.case_id", 3, lead=True)
# that a person needs help with an asylum claim tells of the claim: who wrote it, or the residence bit
_SEEN = (
    f"({file_or_own('victims_need')}) AND (NOT asylum OR agency_id = nrm.desk()"
    f" OR {sees('victims_need.case_id', bit=16)})"
)


def _behind_bit(table: str, plain: bool = True) -> str:
    """The bit of the need, or none where it has none (`plain`); then the file, or one's own agency's need."""
    held = f"a.categories & {table}.bit <> 0"
    return (
        f"EXISTS (SELECT 1 FROM victims_caseaccess a WHERE a.case_id = {table}.case_id AND a.agency_id = nrm.desk()"
        " AND (a.until IS NULL OR a.until > now()) AND a.level >= 2"
        f" AND {f'({table}.bit = 0 OR {held})' if plain else held}"
        f" AND (a.level >= 3 OR {table}.owner_id = nrm.desk()))"
    )


def _adds(table: str) -> str:
    """A need without a bit: as the need itself. With one: who holds it, whoever leads."""
    return (
        f"by_id = nrm.membership() AND (({table}.bit = 0 AND {sees(f'{table}.case_id', 3, lead=True)})"
        f" OR {_behind_bit(table, plain=False)})"
    )


# done by who says so, or not yet
_DONE = "(done_by_id IS NULL OR done_by_id = nrm.membership())"

WALLS = [
    Wall(
        "victims_need",
        select=_SEEN,
        insert=f"by_id = nrm.membership() AND agency_id = nrm.desk() AND {_LEADS_OR_READS}",
        # what is not seen is not changed blindly either, nor counted by the number of rows changed
        update=f"{_LEADS_OR_READS} AND {_SEEN}",
        rights="SELECT, INSERT, UPDATE (priority, state, reason, changed_at)",
    ),
    Wall(
        "victims_needtext",
        select=_behind_bit("victims_needtext"),
        insert=_adds("victims_needtext"),
        rights="SELECT, INSERT",
    ),
    Wall(
        "victims_supportaction",
        select=_behind_bit("victims_supportaction"),
        insert=f"{_DONE} AND {_adds('victims_supportaction')}",
        update=_behind_bit("victims_supportaction"),
        check=_DONE,
        rights="SELECT, INSERT, UPDATE (due_on, done_on, done_by_id)",
    ),
]
