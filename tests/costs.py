"""What a page asks of the database does not grow with what it shows."""

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext


def queries(ask: Callable) -> int:
    """Return how many queries `ask` makes; it is called once before, for the caches of the process."""
    ask()
    with CaptureQueriesContext(connection) as said:
        ask()
    return len(said)


def assert_same_cost(grow: Callable, *asks: Callable, at_most: int, times: int = 6) -> None:
    """Raise AssertionError when a page asks more after `grow` was called `times` times than after one, or more than
    `at_most` queries."""
    grow()
    few = [queries(ask) for ask in asks]
    for _ in range(times):
        grow()
    many = [queries(ask) for ask in asks]
    assert few == many, f"queries of each page, for few rows and for many: {few}, {many}"
    assert max(few) <= at_most, few
