"""One browser a module, and nothing of a test left running in it when the tables are emptied."""

import os
import threading

import pytest
from django.db import connections

from .walk import CHROMIUM, playwright

SERVING = "(process_request_thread)"  # how socketserver's threads are named


@pytest.fixture(scope="module")
def browser():
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with playwright.sync_playwright() as started:
        made = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield made
        made.close()
        # while playwright's loop runs, Django keeps other connections for this thread than without it: nobody else
        # can reach them afterwards, and the test database could not be dropped
        connections.close_all()


@pytest.fixture(autouse=True)
def nothing_left_running(request):
    """A page that is still open goes on asking (drafts, keep-alive); a request under way holds rows and a connection
    while the tables are emptied, and the next test inherits what it writes."""
    if "browser" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("transactional_db")  # asked for here, it is torn down after this
    browser = request.getfixturevalue("browser")
    yield
    for context in browser.contexts:
        context.close()
    for thread in threading.enumerate():
        if thread.name.endswith(SERVING):
            thread.join(20)
            assert not thread.is_alive(), "a request of this test is still under way"
