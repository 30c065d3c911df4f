"""People of the attacks, for each file that tries some."""

import pytest

from agencies.models import Kind, Role
from tests import factories as f


@pytest.fixture
def p(db):
    f.national()
    unit, home, other = f.coordination(), f.shelter(), f.shelter()
    return {
        "nurse": f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE),
        "coord": f.member(unit, Role.COORDINATOR),
        "home": f.member(home),
        "home2": f.member(home),
        "front": f.member(home, Role.FRONTLINE),
        "other": f.member(other),
        "third": f.member(f.shelter()),
    }
