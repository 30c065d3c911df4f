"""Who acts: one membership at a time, told to the database for the length of a transaction.

The policies read four transaction-local settings (`nrm.agency`, `nrm.membership`, `nrm.sight`, `nrm.kind`).
Without them a protected table raises: zero rows would look like "no data" and hide the mistake.
"""

from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

SYSTEM = "system"  # the worker's mode for due work and sweeps; the policies give it to the role nrm_worker alone

SESSION_KEY = "membership"  # the hat chosen, in the session
FORM_FIELD = "_membership"  # the hat a form was opened under

_current: ContextVar = ContextVar("actor", default=None)


class NoActor(RuntimeError):
    """Something asked to act without saying as whom."""


def current():
    """The membership acted under, SYSTEM, or None."""
    return _current.get()


def tell(actor) -> None:
    """Give the context to the transaction. Raises outside one: a session-wide setting would leak to the next user."""
    if not connection.in_atomic_block:
        raise NoActor("The actor's context is told inside a transaction only.")
    if actor is None:
        values = ["", "", "", "", ""]
    elif actor == SYSTEM:
        values = ["", "", "", "", "on"]
    else:
        values = [str(actor.agency_id), str(actor.pk), actor.sight, actor.kind, ""]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('nrm.agency', %s, true), set_config('nrm.membership', %s, true),"
            " set_config('nrm.sight', %s, true), set_config('nrm.kind', %s, true), set_config('nrm.system', %s, true)",
            values,
        )


def become(actor) -> None:
    """Act as this membership until the transaction ends; used where `request.actor` is set."""
    tell(actor)
    _current.set(actor)


@contextmanager
def acting_as(actor):
    """Run a block in a transaction as this membership (or SYSTEM); the former actor is told again afterwards."""
    if actor is None:
        raise NoActor("acting_as needs a membership or SYSTEM.")
    former = _current.get()
    with transaction.atomic():
        token = _current.set(actor)
        try:
            tell(actor)
            yield actor
            # releasing a savepoint keeps the settings, so the former actor is told again; on an exception the
            # savepoint's rollback restores them by itself
            tell(former)
        finally:
            _current.reset(token)


@contextmanager
def fresh_context():
    """A request starts with nobody and leaves nobody behind."""
    token = _current.set(None)
    try:
        yield
    finally:
        _current.reset(token)
        if connection.in_atomic_block:  # only true inside a test's transaction
            tell(_current.get())
