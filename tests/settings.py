"""Settings of the tests: the real ones, on the services that conftest.py started."""

import os

# several pytest workers share one broker: none may take another's tasks. Here, and before the settings are read:
# pytest-django reads them before tests/conftest.py runs in a worker, which inherits the name of the first process
os.environ["TASK_QUEUE"] = f"test-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"

from referral.config.settings import *  # noqa: F403
from referral.config.settings import CACHES, DATABASES, REDIS_URL, TEMPLATES

from .database import NoMigrations
from .strict import Undefined

# Created, migrated and flushed by the owner; the tests themselves connect through the other alias.
DATABASES["default"]["TEST"] = {"MIRROR": "owner"}
for _settings in DATABASES.values():
    _settings["CONN_MAX_AGE"] = 0  # a kept connection would forbid dropping the test database

# tables come from the models, triggers of django-pgtrigger with them
MIGRATION_MODULES = NoMigrations()
PGTRIGGER_INSTALL_ON_MIGRATE = True

TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = Undefined("%s")

DEVELOPMENT = False  # what is tested is what production shows

# logins by the hundred, and no secret to keep
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Several pytest workers share one broker: none may see another's counters.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
# `cache.clear()` empties a whole Redis database: each worker has one, and the broker keeps its own.
_number = 1 + int("".join(c for c in _worker if c.isdigit()) or 14)
CACHES["default"]["LOCATION"] = REDIS_URL.rsplit("/", 1)[0] + f"/{_number % 16 or 15}"
