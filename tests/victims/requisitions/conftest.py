"""One case of a lead, read by a partner at the file and by another agency at the summary."""

from copy import deepcopy

import pytest

from agencies.models import Role
from tests import factories as f


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    lead, partner, summary = f.member(f.shelter()), f.member(f.shelter()), f.member(f.shelter())
    case = f.own_case(lead)
    f.orientation(lead, case, partner.agency, state="accepted", answerer=partner, level=3)
    f.orientation(lead, case, summary.agency, state="accepted", answerer=summary, level=2)
    return {
        "lead": lead,
        "mate": f.member(lead.agency),
        "partner": partner,
        "partner_mate": f.member(partner.agency),
        "summary": summary,
        "frontline": f.member(partner.agency, Role.FRONTLINE),
        "admin": f.member(partner.agency, Role.AGENCY_ADMIN),
        "auditor": f.member(f.shelter(), Role.AUDITOR),
        "stranger": f.member(f.shelter()),
        "case": case,
    }
