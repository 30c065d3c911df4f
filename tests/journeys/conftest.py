"""One browser for all journeys of a process, and nothing of a test left running in it when the tables are emptied."""

import os
import threading
from pathlib import Path

import pytest
from django.db import connections

from .walk import CHROMIUM, playwright

# Each page runs axe anew, and once or twice only: its code is not worth compiling, by threads that others need.
ARGS = ["--no-sandbox", "--js-flags=--single-threaded --no-maglev --no-turbofan"]
SERVING = "(process_request_thread)"  # how socketserver's threads are named
# What `./run check` walks: an alert, a danger, without network and without script, routing it, a child whom no service
# forgets, a session that is lost, the way out. `./run proof` walks all.
WALKED_IN_THE_CHECK = {
    "test_four_pages_and_a_receipt_in_eleven_clicks_and_six_answers",
    "test_danger_numbers_are_above_the_fold",
    "test_danger_written_without_network_is_sent_once_when_it_is_back",
    "test_without_script_everything_posts",
    "test_four_clicks_to_route_two_to_answer",
    "test_case_opened_and_tab_closed_leaves_every_desk_its_clock",
    "test_session_lost_in_the_middle_of_a_report",
    "test_quick_exit_leaves_no_way_back",
}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave most journeys to `./run proof`, which also looks at their pages in all four forms."""
    for item in items:
        if item.path.parent != Path(__file__).parent:
            continue
        if "FORMS" in vars(item.module):  # type: ignore[attr-defined]
            item.add_marker(pytest.mark.proof)
        if item.originalname not in WALKED_IN_THE_CHECK:  # type: ignore[attr-defined]
            item.add_marker(pytest.mark.long)


@pytest.fixture(scope="package")
def browser():
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    # While playwright's loop runs, Django keeps other connections for this thread than without it. Those of before are
    # ended with the database at the first fresh copy, and a later test would go on with them; those made meanwhile
    # nobody can reach afterwards.
    connections.close_all()
    with playwright.sync_playwright() as started:
        made = started.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield made
        made.close()
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
