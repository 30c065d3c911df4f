"""Map refusals of the database to exceptions of the domain."""

from contextlib import contextmanager

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, transaction

from .workflow import NotAllowed, WrongState

# SQLSTATE: lock timeout, statement timeout (or cancelled), deadlock, ended while idle in its transaction
BUSY = {"55P03", "57014", "40P01", "25P03"}
BUSY_SECONDS = 5  # after which one is told to try again


class NotFound(Exception):
    """Signal that nothing here is visible to the actor. Pages and the API answer 404."""


class Crowded(Exception):
    """Signal that too many ask for the same slow thing at once. Nothing was changed: the same may be sent again."""


def get_or_not_found(rows, **wanted):
    """Return the one row of a queryset or model that matches. Raises NotFound."""
    try:
        return getattr(rows, "_default_manager", rows).get(**wanted)
    except ObjectDoesNotExist:
        raise NotFound from None


def is_busy(error: BaseException | None) -> bool:
    """Return whether the same may be sent again soon: Crowded, or the database gave up waiting for another session, or
    for a statement that took too long. Nothing was changed.

    The limits of the database are those of TIMEOUTS in the settings.
    """
    if isinstance(error, Crowded):
        return True
    while error is not None and not isinstance(error, DatabaseError):
        error = error.__cause__
    return error is not None and sqlstate(error) in BUSY


def sqlstate(error: BaseException) -> str | None:
    """Return the code of PostgreSQL's own error behind one of Django."""
    return getattr(error.__cause__, "pgcode", None) or getattr(error.__cause__, "sqlstate", None)


@contextmanager
def guarded():
    """Run statements that row security or a trigger may refuse, in a savepoint.

    SQLSTATE NRM01 raises WrongState, P0002 raises NotFound, 42501 raises NotAllowed; other errors pass through.
    """
    try:
        with transaction.atomic():
            yield
    except DatabaseError as error:
        code = sqlstate(error)
        if code == "NRM01":
            raise WrongState("state") from error
        if code == "P0002":
            raise NotFound from error
        if code == "42501":
            raise NotAllowed("refused by the database") from error
        raise
