"""Who asks, who decides and who is refused an export."""

import pytest

from agencies.models import Kind, Role
from tests import factories as f


@pytest.fixture
def home(db):
    f.national()
    f.coordination()
    network = f.agency(Kind.NGO_NETWORK, name="Réseau d'essai (fictif)", desk=False)
    home = f.shelter(name="Foyer d'essai (fictif)", parent=network)
    return {
        "asker": f.member(home),
        "mate": f.member(home),
        "admin": f.member(home, Role.AGENCY_ADMIN),
        "front": f.member(home, Role.FRONTLINE),
        "head": f.member(network, Role.AGENCY_ADMIN),
        "head_front": f.member(network, Role.FRONTLINE),
        "stranger": f.member(f.shelter()),
        "other_head": f.member(f.agency(Kind.NGO_NETWORK, desk=False), Role.AGENCY_ADMIN),
    }
