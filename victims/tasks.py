"""Due work on access: grants whose end has passed are deleted, so that the lower level they hid comes back."""

from django.db.models.functions import Now

from agencies.tasks import task

from .models import Grant


@task("victims.tasks.end_due_grants", system=True)
def end_due_grants() -> int:
    """Access closed at the end by the database's clock; this only frees what the ended level covered."""
    return Grant.objects.filter(until__lte=Now()).delete()[0]
