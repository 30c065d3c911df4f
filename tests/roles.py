"""Assume a database role inside a test's own transaction, so that everything is rolled back with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from django.db import connection, transaction

from foundation.actor import context_of
from foundation.statements.signing import signature_of

SETTINGS = ("agency", "membership", "sight", "arrival", "kind", "system", "signature")
Role = Literal["nrm_owner", "nrm_app", "nrm_worker"]


@contextmanager
def as_role(role: Role) -> Iterator[None]:
    """Above the walls (`nrm_owner`, for factories) or as the worker; the former role comes back at the end.

    The savepoint restores the role after an error; after success it keeps it, so it is set back by hand.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_user, set_config('role', %s, true)", [role])
        before = cursor.fetchone()[0]
        yield
        cursor.execute(f"SET LOCAL ROLE {connection.ops.quote_name(before)}")


def told(actor) -> str:
    """Return the statement that tells the database who acts, signed for this connection."""
    context = context_of(actor)
    values = zip(SETTINGS, [*context, signature_of(context)], strict=True)
    return "SELECT " + ", ".join(f"set_config('nrm.{name}', '{value}', true)" for name, value in values)
