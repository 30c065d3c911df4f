"""Groups of roles: WORKS on cases, WRITES alerts; who acts for a coordination unit."""

from agencies.models import Agency, Role
from foundation.workflow import NotAllowed

WORKS = (Role.CASE_WORKER, Role.COORDINATOR)
WRITES = (Role.FRONTLINE, Role.CASE_WORKER, Role.COORDINATOR)


def require_unit(actor) -> None:
    """Raise NotAllowed unless the actor is a coordinator of a coordination unit."""
    if not (actor.agency.is_coordination and actor.has(Role.COORDINATOR)):
        raise NotAllowed("unit")


def require_national(actor) -> None:
    """Raise NotAllowed unless the actor is a coordinator of the national coordination."""
    if not (actor.agency.mandate == Agency.Mandate.NATIONAL and actor.has(Role.COORDINATOR)):
        raise NotAllowed("national")
