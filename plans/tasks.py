"""Run the due work of public policy."""

from foundation.actor import SYSTEM, acting_as
from foundation.tasks import task
from plans.commitments.operations import questionnaires
from plans.money.operations import campaigns
from plans.publication.operations.opendata import release_all


@task("plans.tasks.release", system=True, transaction=False)
def release() -> int:
    """Publish new releases of the open data whose content changed. Every few minutes."""
    return release_all()


@task("plans.tasks.remind_evidence", system=True, transaction=False)
def remind_evidence() -> int:
    """Remind bodies whose answer to a questionnaire is due within a week, once per deadline. Every hour."""
    with acting_as(SYSTEM):
        return questionnaires.remind_evidence()


@task("plans.tasks.yearly", system=True, transaction=False)
def yearly() -> int:
    """Notify campaigns that open and remind of those about to close, once each. Every hour."""
    return campaigns.notify_due()
