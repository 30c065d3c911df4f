"""Due work of public policy."""

from django.db import connection

from foundation.actor import SYSTEM, acting_as
from foundation.tasks import task
from plans.money.operations import campaigns
from plans.publication.operations.opendata import release_all


@task("plans.tasks.release", system=True, transaction=False)
def release() -> int:
    """Every few minutes: new releases of the open data whose content changed."""
    return release_all()


@task("plans.tasks.remind_evidence", system=True, transaction=False)
def remind_evidence() -> int:
    """Once an hour: bodies whose answer to a questionnaire is expected within a week. Each is told once a deadline."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT nrm.remind_evidence()")
        return cursor.fetchone()[0]


@task("plans.tasks.yearly", system=True, transaction=False)
def yearly() -> int:
    """Once an hour: a campaign of money whose day has come is told, one about to close is reminded of; each once."""
    with acting_as(SYSTEM):
        return campaigns.tell_due()
