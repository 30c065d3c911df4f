"""Programs that listen, and the agency that has one: what the tests of webhooks stand on."""

from copy import deepcopy

import pytest

from agencies.models import Kind, Role
from tests import factories as f

from .listener import Listener


@pytest.fixture
def program():
    listeners = [Listener(), Listener()]
    yield listeners
    for listener in listeners:
        listener.end()


@pytest.fixture
def here(program):
    return program[0]


@pytest.fixture
def people(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    f.national()
    unit = f.coordination()
    return {
        "unit": unit,
        "boss": f.member(unit, Role.AGENCY_ADMIN),
        "coordinator": f.member(unit, Role.COORDINATOR),
        "program": f.program(unit),
        "nurse": f.member(f.agency(Kind.EDUCATION, desk=False, name="MARQUEUR-ECOLE"), Role.FRONTLINE),
    }
