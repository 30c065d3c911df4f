"""Benches stand on the tests' services and roles."""

from tests.conftest import *  # noqa: F403
from tests.conftest import _nobody_left_behind, pytest_collection_modifyitems, pytest_unconfigure  # noqa: F401
