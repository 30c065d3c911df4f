"""What tests of the running platform share."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from django.db import connections

from dev.services import embedded
from tests import database


@pytest.fixture(scope="module")
def cluster(django_db_blocker):
    """Run a server for tests that copy a whole one: on that of all tests, somebody always writes."""
    place = Path(tempfile.mkdtemp(prefix="repere-cluster-"))
    place.chmod(0o711)  # it runs as another user when root tests
    postgres = embedded.Postgres(place, durable=False)
    try:
        with django_db_blocker.unblock():  # where the tests' server was given, the template is built here
            shutil.copytree(os.environ.get("TEST_CLUSTER") or database.kept(), postgres.data)
        postgres.start()
        yield postgres
    finally:
        postgres.stop()
        shutil.rmtree(place)


@pytest.fixture
def alone(transactional_db, cluster, monkeypatch):
    """Have every connection of one test reach that server, where its database is a fresh one."""
    for name, address in cluster.urls().items():
        monkeypatch.setenv(name, address)
    hosts = {alias: connections[alias].settings_dict["HOST"] for alias in connections}
    for alias in hosts:
        connections[alias].close()
        connections[alias].settings_dict["HOST"] = str(cluster.sockets)
    try:
        database.copy(connections["owner"].settings_dict["NAME"])
        yield
    finally:
        for alias, host in hosts.items():
            connections[alias].close()
            connections[alias].settings_dict["HOST"] = host
