"""Run the due work of participation: notify openings of consultations and answers due."""

from foundation.actor import SYSTEM, acting_as
from foundation.tasks import task
from plans.participation.operations import participation


@task("plans.participation.tasks.openings", system=True, transaction=False)
def openings() -> int:
    """Notify consultations that open. Every hour; a row lock makes it once among workers."""
    return participation.notify_openings()


@task("plans.participation.tasks.answers_due", system=True, transaction=False)
def answers_due() -> int:
    """Remind the coordination of answers due. Every hour; the id of the event makes it once."""
    with acting_as(SYSTEM):
        return participation.remind_answers()
