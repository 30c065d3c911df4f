"""Due work of public policy."""

from agencies.tasks import task

from .operations.opendata import release_all


@task("plans.tasks.release", system=True, transaction=False)
def release() -> int:
    """Every few minutes: new releases of the open data whose content changed."""
    return release_all()
