"""Row security of breaches: reported by anyone who works here, answered by those of the agency and of the national
coordination; nothing of it is ever changed or deleted by the application."""

from foundation.sight import By, Sql
from foundation.sql_values import constant
from foundation.walls import Wall
from journal.models import Checkpoint
from referral.models import Breach, BreachEntry
from referral.models.breaches import A_DAY, CLOCK, Answers

FUNCTIONS = [
    constant("nrm.breach_clock", CLOCK),
    constant("nrm.breaches_a_day", A_DAY),
    constant("nrm.journal_kept", Checkpoint.KEPT_AT_LEAST),
]
WALLS = [
    Wall.of(
        Breach,
        insert=By() & Sql("agency_id = nrm.agency()"),
        rights="SELECT, INSERT",
    ),
    Wall.of(
        BreachEntry,
        insert=By() & Answers("breach"),
        rights="SELECT, INSERT",
    ),
]
