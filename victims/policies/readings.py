"""Row security of alarms of reading: written by the reader with its last allowed reading, lifted by a second person."""

from foundation.sight import By, Is, IsNot, Own, Sql
from foundation.sql_values import constant
from foundation.walls import Wall
from victims.models import ReadingAlarm
from victims.models.readings import LIFTED

FUNCTIONS = [constant("nrm.lifted_for", LIFTED)]
WALLS = [
    Wall.of(
        ReadingAlarm,
        insert=By("membership_id") & Own() & Is("lifted_by_id", None) & Is("lifted_at", None) & Is("until", None),
        update=Sql("nrm.second_or_auditor(nrm.membership(), agency_id, membership_id)")
        & Is("lifted_at", None)
        & IsNot("kind", ReadingAlarm.Kind.ALERT),
        check=By("lifted_by_id")
        & Sql("lifted_at <= clock_timestamp()")  # readings are counted from then
        & Sql("until <= lifted_at + nrm.lifted_for()"),
        rights="SELECT, INSERT, UPDATE (reason, lifted_by_id, lifted_at, until)",
    ),
]
