"""Count the measures to complete, for the hub « Politique publique »."""

from plans.models import Measure, Plan
from plans.models.bodies import body_of
from plans.models.coordination import coordinates


def incomplete_measures(actor) -> int:
    """Count the measures of open plans without lead, end, metric or money.

    Those of the actor's body; all of them for the coordination.
    """
    found = Measure.objects.visible_to(actor).standing().incomplete()
    found = found.filter(plan__in=Plan.objects.visible_to(actor).open())
    if not coordinates(actor):
        found = found.filter(lead=body_of(actor) or "")
    return found.count()
