"""Row security of procedures of a case: level 3 or the lead; for residence and asylum, the lead or their category."""

from foundation.sight import By, Is
from foundation.sql_values import constant
from foundation.walls import Wall
from referral.models import Checklist, Clock, ClockMove, ReflectionOffer, StepAct

FUNCTIONS = [constant("nrm.report_before", StepAct.BEFORE)]

WALLS = [
    *[
        Wall.of(model, insert=By() & model.sight, rights="SELECT, INSERT")
        for model in (Checklist, StepAct, ClockMove, ReflectionOffer)
    ],
    Wall.of(
        Clock,
        insert=By() & Clock.sight & Is("state", "running"),
        update=Clock.sight,
        rights="SELECT, INSERT, UPDATE (state, due_at, remind_at)",
    ),
]
