"""Benches stand on the tests' services and roles."""

from tests.conftest import *  # noqa: F403
from tests.conftest import _domain_again, pytest_collection_modifyitems, pytest_unconfigure  # noqa: F401
