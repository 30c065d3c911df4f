"""Due work on access: delete expired grants, so that a lower level that they covered applies again."""

from django.db.models.functions import Now

from foundation.tasks import task
from victims.models import Case, Grant


@task("victims.access.tasks.end_due_grants", system=True)
def end_due_grants() -> int:
    """Delete expired grants and return their number.

    Access ended by itself: policies compare with the clock. The deletion recomputes what remains.
    """
    due = Grant.rows.filter(until__lte=Now())
    # lock the case first, as every operation does: a withdrawal holds it while it deletes the same grants
    cases = Case.objects.filter(pk__in=due.values("content_object")).order_by("pk")
    list(cases.select_for_update(no_key=True).values_list("pk"))
    return due.delete()[0]
