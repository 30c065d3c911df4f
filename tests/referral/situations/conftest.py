"""A coordination unit and one of its members, who write events down."""

import pytest

from agencies.models import Role
from tests import factories as f


@pytest.fixture
def unit():
    f.national()
    return f.coordination()


@pytest.fixture
def lou(unit):
    return f.member(unit, Role.COORDINATOR)
