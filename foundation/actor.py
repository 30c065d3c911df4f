"""Hold the current actor: one membership at a time, set in the database for the length of a transaction.

The policies read six transaction-local settings (`nrm.agency`, `nrm.membership`, `nrm.sight`, `nrm.arrival`,
`nrm.kind`, `nrm.system`). Without them a protected table raises: zero rows would look like "no data" and hide the
mistake. A seventh signs them (`foundation/statements/signing.py`): what writes asks for it, so that who has the
application's password and nothing else acts as nobody.
"""

from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

from foundation.statements.signing import forget_transaction, keep_name, signature_of

SYSTEM = "system"  # mode of the worker for due and periodic work; policies grant it to nrm_worker only

SESSION_KEY = "membership"  # session key: the membership chosen (the hat)
FORM_FIELD = "_membership"  # form field: the membership a form was opened under

_current: ContextVar = ContextVar("actor", default=None)
# id of the request, or of the request that published the task, that this thread works for: lines of logs bear it
REQUEST_ID: ContextVar[str] = ContextVar("request id", default="")


# state of the reference lists when the request's actor was set; None outside of requests
REFERENCE_VERSION: ContextVar = ContextVar("version of the reference lists", default=None)


class NoActor(RuntimeError):
    """Signal a query or a task that has no actor."""


def current():
    """Return the current membership, SYSTEM, or None."""
    return _current.get()


SETTINGS = (
    "SELECT set_config('nrm.agency', %s, true), set_config('nrm.membership', %s, true),"
    " set_config('nrm.sight', %s, true), set_config('nrm.arrival', %s, true), set_config('nrm.kind', %s, true),"
    " set_config('nrm.system', %s, true), set_config('nrm.signature', %s, true)"
)


def set_actor(actor, sql: str = SETTINGS) -> tuple:
    """Set the actor in the settings of the transaction; None clears them. Returns the row of the statement.

    Raises NoActor outside a transaction: a session-wide setting would leak to the next user of the connection.
    """
    if not connection.in_atomic_block:
        raise NoActor("The actor's context is told inside a transaction only.")
    values = context_of(actor)
    signature = signature_of(values)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, signature])
        return cursor.fetchone()


def context_of(actor) -> list[str]:
    """Return the values of the settings for an actor, in the order of SETTINGS."""
    if actor is None:
        return ["", "", "", "", "", ""]
    if actor == SYSTEM:
        return ["", "", "", "", "", "on"]
    return [str(actor.agency_id), str(actor.pk), actor.sight, actor.arrival, actor.kind, ""]


def become(actor) -> None:
    """Set the actor until the transaction ends, and learn the version of the reference lists.

    Called where `request.actor` is set: the query that found the member may have named the transaction too.
    """
    if name := getattr(actor, "named", ""):
        keep_name(name)
    *_, version = set_actor(actor, f"{SETTINGS}, nrm.reference_version()")
    REFERENCE_VERSION.set(version)
    _current.set(actor)


@contextmanager
def acting_as(actor):
    """Run a block in a transaction as this membership (or SYSTEM), then restore the former actor.

    Raises NoActor when `actor` is None.
    """
    if actor is None:
        raise NoActor("acting_as needs a membership or SYSTEM.")
    former = _current.get()
    with transaction.atomic():
        token = _current.set(actor)
        try:
            set_actor(actor)
            yield actor
            # releasing a savepoint keeps the settings, so the former actor is set again; on an exception the
            # rollback of the savepoint restores them
            set_actor(former)
        finally:
            _current.reset(token)


@contextmanager
def fresh_context():
    """Start a request without an actor and leave none behind."""
    token, version = _current.set(None), REFERENCE_VERSION.set(None)
    forget_transaction()
    try:
        yield
    finally:
        _current.reset(token)
        REFERENCE_VERSION.reset(version)
        if connection.in_atomic_block:  # only true inside a test's transaction
            set_actor(_current.get())
