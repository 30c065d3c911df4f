import os
from copy import deepcopy

import pytest
from django.core.cache import cache
from django.test import override_settings

from agencies.models import Role
from referral.sandbox.operations import copies, template
from referral.sandbox.rules import copies_like
from tests import database
from tests import factories as f


@pytest.fixture(scope="session")
def _template(django_db_setup, django_db_blocker):
    """The template of test spaces of this process, over the tables that all tests have."""
    name = f"test_space_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    address = os.environ["SANDBOX_DATABASE_URL"]
    with django_db_blocker.unblock(), override_settings(SANDBOX_TEMPLATE=name, SANDBOX_DATABASE=address):
        _drop_all(name)
        with database.administration(os.environ["DATABASE_OWNER_URL"]) as cursor:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {database.TEMPLATE} STRATEGY file_copy")
        template.make()
        yield name, address
        _drop_all(name)


def _drop_all(name: str) -> None:
    with copies.administration() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [copies_like(name)])
        for (copy,) in cursor.fetchall():
            cursor.execute(f"DROP DATABASE {copy}")
    with database.administration(os.environ["DATABASE_OWNER_URL"]) as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone():
            cursor.execute(f"ALTER DATABASE {name} WITH IS_TEMPLATE false")
            cursor.execute(f"DROP DATABASE {name}")


@pytest.fixture(autouse=True)
def _with_spaces(_template, settings):
    settings.SANDBOX_TEMPLATE, settings.SANDBOX_DATABASE = _template


@pytest.fixture(autouse=True)
def _fresh_counters():
    cache.clear()


@pytest.fixture
def w(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    """Two shelters: `program` and `second` of the one, `other` of the other, their administrators, a worker."""
    f.national(), f.coordination()
    home, other = f.shelter(), f.shelter()
    return {
        "boss": f.member(home, Role.AGENCY_ADMIN),
        "program": f.program(home, Role.FRONTLINE, Role.CASE_WORKER),
        "second": f.program(home, Role.FRONTLINE, Role.CASE_WORKER),
        "other_boss": f.member(other, Role.AGENCY_ADMIN),
        "other": f.program(other, Role.FRONTLINE, Role.CASE_WORKER),
        "worker": f.member(home),
    }
