"""Fan-out and delivery, by the worker."""

from django.db import connection

from agencies.tasks import task

CHUNK = 200


@task("notifications.tasks.sweep", system=True)
def sweep() -> int:
    """Turn waiting events into notices. Called after a commit, and by the beat for what a broker lost."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nrm.fan_out(%s)", [CHUNK])
        return cursor.fetchone()[0]
