"""A store of the test's own, and a case with those who see it and who do not."""

from copy import deepcopy

import pytest

from agencies.models import Role
from tests import factories as f


@pytest.fixture(autouse=True)
def kept(tmp_path, settings):
    """A store of the test's own; nothing scans, and the installation chose so."""
    settings.STORAGES = {
        **settings.STORAGES,
        "files": {"BACKEND": "foundation.files.storing.Folder", "OPTIONS": {"location": str(tmp_path)}},
    }
    settings.CLAMAV_ADDRESS, settings.FILES_UNSCANNED = "", True
    return tmp_path


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    lead, partner = f.member(f.shelter(may_hold=31)), f.member(f.shelter(may_hold=31))
    case = f.own_case(lead)
    f.orientation(lead, case, partner.agency, state="accepted", answerer=partner, level=3)
    return {
        "lead": lead,
        "mate": f.member(lead.agency),
        "partner": partner,
        "partner_mate": f.member(partner.agency),
        "admin": f.member(lead.agency, Role.AGENCY_ADMIN),
        "auditor": f.member(f.shelter(), Role.AUDITOR),
        "stranger": f.member(f.shelter()),
        "case": case,
    }
