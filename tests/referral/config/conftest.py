"""What tests of the running platform share."""

import fcntl
from pathlib import Path

import pytest
from django.conf import settings


@pytest.fixture
def alone():
    """Let one test at a time stream the server's WAL: the processes of a run share one server, and its slot."""
    with (Path(settings.STATE_DIR) / "backup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
