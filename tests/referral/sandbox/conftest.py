import os

import pytest
from django.test import override_settings

from referral.sandbox.operations import copies, template
from referral.sandbox.rules import copies_like
from tests import database


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
