"""Due work on access: delete expired grants, so that a lower level that they covered applies again."""

from django.db.models.functions import Now

from foundation.actor import SYSTEM, acting_as
from foundation.tasks import one_by_one, task
from victims.models import Case, Grant


@task("victims.access.tasks.end_due_grants", system=True, transaction=False)
def end_due_grants() -> int:
    """Delete expired grants and return their number.

    Access ended by itself: policies compare with the clock. The deletion recomputes what remains.
    """
    with acting_as(SYSTEM):
        cases = Grant.rows.filter(until__lte=Now()).order_by("content_object").values_list("content_object").distinct()
        cases = list(cases)
    return one_by_one("case", cases, _end_due_grants_of)


def _end_due_grants_of(case) -> int:
    with acting_as(SYSTEM):
        # lock the case first, as every operation does: a withdrawal holds it while it deletes the same grants
        Case.objects.select_for_update(no_key=True).filter(pk=case).exists()
        return Grant.rows.filter(content_object=case, until__lte=Now()).delete()[0]
