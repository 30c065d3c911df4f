"""Find the national plan in force by its dates, and tell whether what it answers is all entered."""

from django.db.models import F, Q
from django.utils import timezone

from plans.models import Plan


def plan_in_force() -> Plan | None:
    """Return the national plan that runs today, whatever its number; else the last one begun, else another public one.

    A plan published in advance does not take the place of the one that runs.
    """
    today = timezone.localdate()
    plans = Plan.objects.visible_to(None).filter(kind=Plan.Kind.NATIONAL).order_by(F("start").desc(nulls_last=True))
    adopted = plans.filter(state__in=[Plan.State.PUBLISHED, Plan.State.AMENDED])
    begun = Q(start=None) | Q(start__lte=today)
    runs = begun & (Q(end=None) | Q(end__gte=today))
    for found in (adopted.filter(runs), adopted.filter(begun), adopted, plans):
        if plan := found.first():
            return plan
    return None


def answers_are_recorded() -> bool:
    """Return whether a request without a measure may be said to have none.

    As long as the coordination has not declared the list of the plan in force complete, nothing is known of it.
    """
    plan = plan_in_force()
    return plan is not None and plan.is_recorded
