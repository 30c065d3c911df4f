"""What waits for a member behind the doors of « Pilotage »."""

from . import access
from .models import Measure, Plan


def incomplete_measures(actor) -> int:
    """Measures of open plans that lack a lead, an end, a metric or money: the actor's body's, or all of them."""
    found = Measure.objects.visible_to(actor).standing().incomplete()
    found = found.filter(plan__in=Plan.objects.visible_to(actor).open())
    if not access.coordinates(actor):
        found = found.filter(lead=access.body_of(actor) or "")
    return found.count()
