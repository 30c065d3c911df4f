"""What waits for a member behind the doors of « Pilotage »."""

from plans.models import Measure, Plan
from plans.models.bodies import body_of
from plans.models.coordination import coordinates


def incomplete_measures(actor) -> int:
    """Measures of open plans that lack a lead, an end, a metric or money: the actor's body's, or all of them."""
    found = Measure.objects.visible_to(actor).standing().incomplete()
    found = found.filter(plan__in=Plan.objects.visible_to(actor).open())
    if not coordinates(actor):
        found = found.filter(lead=body_of(actor) or "")
    return found.count()
