"""Make and drop the test spaces of programs."""

from foundation.tasks import task
from referral.sandbox.operations import copies


@task("referral.sandbox.tasks.keep", system=True, transaction=False)
def keep() -> int:
    """Make the copies that are wanted and drop those that are over. Runs every 15 seconds, and when asked for."""
    return copies.keep()
