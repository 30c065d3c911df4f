"""Lead a block to the database of a test space in the place of the real one, in this thread and nowhere else.

Who uses `django.db.connection` is led there without knowing: the connection `default` of a thread is replaced for the
length of a block, and put back whatever happened in it. What is not kept in a database asks `inside()`: names in the
cache, tasks that are published, lists kept in the process.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import DEFAULT_DB_ALIAS, connections

CLIENT = "test_"  # how the id of a test client begins, and each of its tokens
_database: ContextVar[str] = ContextVar("database of a test space", default="")


def inside() -> str:
    """Return the database of the test space that this block works in; "" in the real one."""
    return _database.get()


@contextmanager
def named(database: str) -> Iterator[None]:
    """Say that the connections in use lead to this test space, or to the template of all."""
    token = _database.set(database)
    try:
        yield
    finally:
        _database.reset(token)


@contextmanager
def led_to(database: str) -> Iterator[None]:
    """Use this database in the place of the real one until the block ends; its connection is then closed.

    A copy of the connection, so that the real one keeps its transaction and its settings. Raises OperationalError when
    the database does not answer, before the block begins.
    """
    real = connections[DEFAULT_DB_ALIAS]
    other = real.copy()
    other.settings_dict["NAME"] = database
    other.ensure_connection()
    connections[DEFAULT_DB_ALIAS] = other
    try:
        with named(database):
            yield
    finally:
        connections[DEFAULT_DB_ALIAS] = real
        other.close()


def cache_key(key: str, prefix: str, version: int) -> str:
    """Return the name of an entry of the cache: those of a test space are never those of the real one."""
    return ":".join((prefix, str(version), *([inside()] if inside() else []), key))
