"""What tests of the pages of orientations stand on: members, a case, a request composed or sent."""

from agencies.models import Kind, Role
from foundation.actor import acting_as
from tests import factories as f

NEED = "?service=safe_housing"


def make_world() -> dict:
    """Return the members and the case that tests of the pages of orientations use."""
    f.national()
    unit, shelter = f.coordination(), f.shelter()
    coord = f.member(unit, Role.COORDINATOR)
    nurse = f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE)
    return {
        "nurse": nurse,
        "coord": coord,
        "shelter": f.member(shelter),
        "other": f.member(f.shelter()),
        "front": f.member(shelter, Role.FRONTLINE),
        "case": f.case(coord, author=nurse),
    }


def composed(w, **fields):
    """What the compose page posts when one presses a service's button."""
    with acting_as(w["coord"]):
        consent = w["case"].consents.first()
    return {
        "service": "safe_housing",
        "verb": "refer",
        "basis": f"consent:{consent.pk}",
        "level": "2",
        "addressee": w["shelter"].agency_id,
        **fields,
    }


def sent(w, **fields):
    return f.orientation(w["coord"], w["case"], w["shelter"].agency, **fields)
