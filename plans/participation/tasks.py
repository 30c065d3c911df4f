"""Due work of participation: a consultation written ahead is told on the day it opens; an answer that is owed is
reminded some days before its time is over, and once it is."""

from foundation.actor import SYSTEM, acting_as
from foundation.tasks import task
from plans.participation.operations import participation


@task("plans.participation.tasks.openings", system=True, transaction=False)
def openings() -> int:
    """Once an hour. Another worker may do the same: the row's lock decides, and it is told once."""
    with acting_as(SYSTEM):
        return participation.tell_openings()


@task("plans.participation.tasks.answers_due", system=True, transaction=False)
def answers_due() -> int:
    """Once an hour, whoever coordinates that day is told; the event's id makes it once."""
    with acting_as(SYSTEM):
        return participation.remind_answers()
