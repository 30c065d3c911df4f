"""Compose a request: a service of the ranked list, and what the agreement or the ground must cover."""

from agencies.models import Service
from referral.models import Orientation
from referral.orientations.operations import coverage, orientations
from referral.routing.selectors.desks import Suggestion
from victims.models import Case


def offered(desks: list[Suggestion], addressee: int) -> Suggestion | None:
    """Return the service of this list that may take the person, or None."""
    return next((desk for desk in desks if desk.agency.pk == addressee and not desk.blocked), None)


def compose(actor, case: Case, service: Service, desk: Suggestion, chosen: dict) -> Orientation:
    """Write a draft for this service. `chosen`: `OrientationForm.chosen`.

    Raises Uncovered before anything is written, and as `draft_orientation`.
    """
    asked = {name: value for name, value in chosen.items() if name != "legal_reason"}
    request = Orientation(case=case, sender=actor.agency, addressee=desk.agency, service=service, **asked)
    coverage.check_covered(request)
    return orientations.draft_orientation(actor, case, addressee=desk.agency, service=service, **chosen)
