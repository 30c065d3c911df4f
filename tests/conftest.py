"""What every test stands on: real services, the test database, and the application's own role.

The tests run as `nrm_app`, never as owner: a superuser passes through every wall, and a suite that runs as
one proves nothing about them.
"""

import gc
import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

import django
import pytest
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.db import connections
from django.db.models.sql.compiler import SQLCompiler
from django.dispatch import receiver
from django.test import TestCase, TransactionTestCase

from dev.services import embedded
from foundation.words import translations

from . import database, roles, strict
from .second_step import note_shown

ROOT = Path(__file__).resolve().parents[1]
PRODUCTION = ROOT / "tests" / "production"
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_reset_sequences"}
_services = ExitStack()


def _start() -> None:
    """Addresses first, settings after: they read the addresses when they are imported. PostgreSQL starts last, on a
    copy of the cluster that the digest of the code names.

    Runs once, in the pytest that was called; with xdist the workers inherit the addresses.
    """
    if "PYTEST_XDIST_WORKER" in os.environ:
        django.setup()
        return
    if settings.configured:
        raise pytest.UsageError("Settings were read before the services: unset DJANGO_SETTINGS_MODULE.")
    state = Path(_services.enter_context(tempfile.TemporaryDirectory(prefix="nrm-test-")))
    (state / "static").mkdir()
    translations.build(ROOT / "locale" / "fr")
    os.environ.update(STATE_DIR=str(state), DEBUG="1", DJANGO_SETTINGS_MODULE="tests.settings")
    if not os.environ.get("REDIS_URL"):
        broker = embedded.Broker(state / "broker", durable=False)
        _services.callback(broker.stop)
        broker.start()
        os.environ["REDIS_URL"] = broker.url
    if embedded.given(os.environ):
        django.setup()
        database.build(os.environ["DATABASE_OWNER_URL"])
        return
    postgres = embedded.Postgres(_services.enter_context(database.in_memory(state)) / "postgres", durable=False)
    _services.callback(postgres.stop)
    os.environ.update(postgres.urls())
    django.setup()
    # told to the processes of a parallel run too: the tests of each import more, which would be another digest
    os.environ["TEST_CLUSTER"] = str(database.kept())
    shutil.copytree(os.environ["TEST_CLUSTER"], postgres.data)
    postgres.start()


def pytest_unconfigure() -> None:
    _services.close()


try:
    _start()
except BaseException:
    _services.close()
    raise


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]):
    """Every database test names both aliases. Production comes first, then the long ones: the others are handed to
    whoever is free meanwhile.

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
        item.add_marker(pytest.mark.django_db(**options), append=False)
    yield
    # an idle process takes the last tests of another one: an installation is set up once if its tests are not the last
    items.sort(key=lambda item: (PRODUCTION not in item.path.parents, item.get_closest_marker("long") is None))


def pytest_collection_finish() -> None:
    """Collect garbage seldom: at the usual pace, looking again at modules and templates takes a tenth of the CPU."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """Copy the template for this process; log in as `nrm_test`, which may become the application and the worker."""
    name = f"test_nrm_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    default = connections["default"].settings_dict
    default["USER"] = "nrm_test"
    default["OPTIONS"] = {**default["OPTIONS"], "assume_role": "nrm_app"}
    with django_db_blocker.unblock():
        for alias in connections:
            connections[alias].settings_dict["NAME"] = name
        database.copy(name)
    yield
    with django_db_blocker.unblock():
        for alias in connections:
            connections[alias].close()
        database.drop(name)


class RowsOfModule(TestCase):
    databases = {"default", "owner"}


@pytest.fixture(scope="module")
def rows_of_module(django_db_setup, django_db_blocker):
    """Keep what a fixture of the module writes until its last test; each test undoes its own. For modules whose tests
    all ask for the same rows, and none of which commits."""
    with django_db_blocker.unblock():
        atomics = RowsOfModule._enter_atomics()
        yield
        RowsOfModule._rollback_atomics(atomics)


def _fresh_copy(test_case: TransactionTestCase) -> None:
    """Replace the database after a test that committed: cheaper than emptying 200 tables, and the domain is there."""
    database.copy(connections["owner"].settings_dict["NAME"])


SQLCompiler._order_by_pairs = strict.shuffled  # type: ignore[method-assign]
TransactionTestCase._fixture_teardown = _fresh_copy  # type: ignore[method-assign]


@receiver(user_logged_in, dispatch_uid="tests")
def _second_factor_shown(request, user, **_named):
    """`force_login` signs in as a person does, both steps; it has no request of a browser, by which it is known."""
    if not request.path:
        note_shown(request.session, user)


@pytest.fixture(autouse=True)
def _nobody_left_behind():
    """An actor that a test leaves would act in the next one of this process, whichever that is."""
    yield
    from foundation.actor import current  # after the settings

    assert current() is None


@pytest.fixture(autouse=True)
def _no_page_kept():
    """A page kept while the rows of its database are the same would be shown over the next copy of the database."""
    yield
    from foundation.styles import kept_pages  # after the settings

    kept_pages._kept.clear()


@pytest.fixture(autouse=True)
def _no_tries_left(monkeypatch, django_db_blocker):
    """Tries are counted apart from the transaction of a test: what one test counted would close the next one's door."""
    from agencies.tries import operations  # after the settings

    apart, used = operations.apart, []

    def noted():
        used.append(True)
        return apart()

    monkeypatch.setattr(operations, "apart", noted)
    yield
    if used:
        with django_db_blocker.unblock(), apart() as cursor:
            cursor.execute("DELETE FROM agencies_tries")


@pytest.fixture
def as_role():
    """`with as_role("nrm_owner"):` for rows of several agencies, `"nrm_worker"` for due work."""
    return roles.as_role
