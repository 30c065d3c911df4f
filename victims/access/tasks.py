"""Due work on access: grants whose end has passed are deleted, so that the lower level they hid comes back."""

from django.db.models.functions import Now

from foundation.tasks import task
from victims.models import Case, Grant


@task("victims.access.tasks.end_due_grants", system=True)
def end_due_grants() -> int:
    """Access closed at the end by the database's clock; this only frees what the ended level covered."""
    due = Grant.rows.filter(until__lte=Now())
    # the case first, as everywhere: a withdrawal holds it while it deletes the same grants
    cases = Case.objects.filter(pk__in=due.values("content_object")).order_by("pk")
    list(cases.select_for_update(no_key=True).values_list("pk"))
    return due.delete()[0]
