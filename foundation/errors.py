"""Map refusals of the database to exceptions of the domain."""

from contextlib import contextmanager

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, transaction

from .workflow import NotAllowed, WrongState


class NotFound(Exception):
    """Signal that nothing here is visible to the actor. Pages and the API answer 404."""


def get_or_not_found(rows, **wanted):
    """Return the one row of a queryset or model that matches. Raises NotFound."""
    try:
        return getattr(rows, "_default_manager", rows).get(**wanted)
    except ObjectDoesNotExist:
        raise NotFound from None


@contextmanager
def guarded():
    """Run statements that row security or a trigger may refuse, in a savepoint.

    SQLSTATE NRM01 raises WrongState, P0002 raises NotFound, 42501 raises NotAllowed; other errors pass through.
    """
    try:
        with transaction.atomic():
            yield
    except DatabaseError as error:
        code = getattr(error.__cause__, "pgcode", None) or getattr(error.__cause__, "sqlstate", None)
        if code == "NRM01":
            raise WrongState("state") from error
        if code == "P0002":
            raise NotFound from error
        if code == "42501":
            raise NotAllowed("refused by the database") from error
        raise
