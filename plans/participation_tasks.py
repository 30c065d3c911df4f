"""Due work of participation: a consultation written ahead is told on the day it opens."""

from agencies.actor import SYSTEM, acting_as
from agencies.tasks import task

from .operations import participation


@task("plans.participation_tasks.openings", system=True, transaction=False)
def openings() -> int:
    """Once an hour. Another worker may do the same: the row's lock decides, and it is told once."""
    with acting_as(SYSTEM):
        return participation.tell_openings()
