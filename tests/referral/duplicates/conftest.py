"""Members, and a pair of cases found alike."""

import pytest

from agencies.models import Kind, Role
from tests import factories as f
from tests.referral.duplicates.pairs import AGAIN, compared, entered


@pytest.fixture
def p(db):
    """Two shelters under one coordination, the national unit, another territory's unit, those who watch."""
    national, unit, other = f.national(), f.coordination(), f.coordination(territories=("13",))
    return {
        "national": f.member(national, Role.COORDINATOR),
        "coord": f.member(unit, Role.COORDINATOR),
        "mate": f.member(unit, Role.COORDINATOR),
        "far_coord": f.member(other, Role.COORDINATOR),
        "one": f.member(f.shelter()),
        "two": f.member(f.shelter()),
        "far": f.member(f.shelter(territories=("13",))),
        "auditor": f.member(f.agency(Kind.INDEPENDENT, desk=False), Role.AUDITOR),
    }


@pytest.fixture
def pair(p):
    """(case of one, case of two), found."""
    made = entered(p["one"]), entered(p["two"], AGAIN)
    assert compared() == 2
    return made
