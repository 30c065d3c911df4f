"""A case of a shelter, and who may open it once it is archived."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agencies.models import Category, Kind, Role
from tests import factories as f


@pytest.fixture
def w():
    national = f.national()
    unit = f.coordination()
    home = f.shelter(may_hold=int(Category.IDENTITY))
    lead = f.member(home)
    case = f.own_case(lead)
    return {
        "lead": lead,
        "mate": f.member(home),
        "boss": f.member(home, Role.AGENCY_ADMIN),
        "front": f.member(home, Role.FRONTLINE),
        "new": f.member(home, cases_from=timezone.now() + timedelta(seconds=1)),
        "stranger": f.member(f.shelter()),
        "unit": f.member(unit, Role.COORDINATOR),
        "national": f.member(national, Role.COORDINATOR),
        "case": case,
    }


@pytest.fixture
def told_by(w):
    """A case that the unit leads, after an alert of a nurse."""
    w["nurse"] = f.member(f.agency(Kind.EDUCATION), Role.FRONTLINE)
    w["alert"] = f.sent_alert(w["nurse"])
    w["case"] = f.case(w["unit"], alert=w["alert"])
    w["lead"], w["mate"] = w["unit"], f.member(w["unit"].agency, Role.COORDINATOR)
    return w
