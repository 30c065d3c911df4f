"""Members of one organisation, and of the coordination above it."""

import pytest

from agencies.models import Role
from tests import factories as f


@pytest.fixture
def home() -> dict:
    """A shelter with one who works and an administrator, below the coordination of its territory."""
    f.national()
    unit, shelter = f.coordination(), f.shelter()
    return {
        "worker": f.member(shelter),
        "boss": f.member(shelter, Role.AGENCY_ADMIN),
        "unit": f.member(unit, Role.COORDINATOR),
    }
