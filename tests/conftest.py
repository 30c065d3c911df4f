"""What every test stands on: real services, the test database, and the application's own role.

The tests run as `nrm_app`, never as owner: a superuser passes through every wall, and a suite that runs as
one proves nothing about them.
"""

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

import django
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from referral.management import embedded, translations
from tests import roles

ROOT = Path(__file__).resolve().parents[1]
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_reset_sequences"}
_services = ExitStack()


def _start() -> None:
    """Services first, settings after: they read the addresses when they are imported.

    Runs once, in the pytest that was called; with xdist the workers inherit the addresses.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ:
        if settings.configured:
            raise pytest.UsageError("Settings were read before the services: unset DJANGO_SETTINGS_MODULE.")
        state = Path(_services.enter_context(tempfile.TemporaryDirectory(prefix="nrm-test-")))
        urls, _ = _services.enter_context(embedded.services(state, os.environ, durable=False))
        (state / "static").mkdir()
        translations.build(ROOT / "locale" / "fr")
        os.environ.update(urls, STATE_DIR=str(state), DEBUG="1", DJANGO_SETTINGS_MODULE="tests.settings")
    django.setup()


def pytest_unconfigure() -> None:
    _services.close()


try:
    _start()
except BaseException:
    _services.close()
    raise


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]):
    """Every database test names both aliases, and the long ones come first: they wait more than they compute, and the
    others are handed to whoever is free meanwhile.

    `default` mirrors `owner`. pytest-django only prepares the aliases a test names, and would otherwise
    leave `default` on the real database: the tests would run there, and pass.
    """
    for item in items:
        marker, fixtures = item.get_closest_marker("django_db"), set(getattr(item, "fixturenames", ()))
        if not marker and not DATABASE_FIXTURES & fixtures:
            continue
        options = {**(marker.kwargs if marker else {}), "databases": ["default", "owner"]}
        if {"transactional_db", "live_server"} & fixtures:
            options["transaction"] = True
        item.fixturenames.insert(0, "_domain_again" if options.get("transaction") else "_plans_there")
        item.add_marker(pytest.mark.django_db(**options), append=False)
    yield
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Log in as the tests' role, which may become any of the three, and start as the application."""
    default = connections["default"].settings_dict
    default["USER"] = "nrm_test"
    default["OPTIONS"] = {**default["OPTIONS"], "assume_role": "nrm_app"}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker):
    """The test database, with the domain pack; never the real one."""
    names = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    assert all(name.startswith("test_") for name in names.values()), f"not a test database: {names}"
    with django_db_blocker.unblock():
        _load_domain()
        call_command("load_plans", verbosity=0)
    yield
    connections["default"].close()  # the teardown does not close a mirror, and DROP DATABASE would fail


def _load_domain() -> None:
    call_command("load_domain", verbosity=0)


_emptied = False  # of this process: a transactional test has left only the domain in the tables


@pytest.fixture
def _domain_again(django_db_setup, django_db_blocker):
    """A transactional test ends with empty tables; asked for first, this one ends last."""
    global _emptied
    yield
    _emptied = True
    with django_db_blocker.unblock():
        _load_domain()


@pytest.fixture
def _plans_there(django_db_setup, django_db_blocker):
    """Plans and commitments for a test that is rolled back: a worker that has nothing left takes over tests of the
    other one, and may come to these after transactional ones."""
    global _emptied
    if _emptied:
        with django_db_blocker.unblock():
            call_command("load_plans", verbosity=0)
        _emptied = False


@pytest.fixture(autouse=True)
def _nobody_left_behind():
    """An actor that a test leaves would act in the next one of this process, whichever that is."""
    yield
    from agencies.actor import current  # after the settings

    assert current() is None


@pytest.fixture
def as_role():
    """`with as_role("nrm_owner"):` for rows of several agencies, `"nrm_worker"` for due work."""
    return roles.as_role


@pytest.fixture
def policy_pack(request, django_db_setup, django_db_blocker):
    """Plans and commitments for a transactional test; the others find them."""
    request.getfixturevalue("transactional_db")
    with django_db_blocker.unblock():
        call_command("load_plans", verbosity=0)
