"""What the database's refusals mean here."""

from contextlib import contextmanager

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, transaction

from .workflow import NotAllowed, WrongState


class NotFound(Exception):
    """There is nothing here that the actor may see. A page or the API answers 404."""


def found(rows, **wanted):
    """The one row of a queryset or model that answers, or NotFound."""
    try:
        return getattr(rows, "_default_manager", rows).get(**wanted)
    except ObjectDoesNotExist:
        raise NotFound from None


@contextmanager
def guarded():
    """Run statements that the walls may refuse, in a savepoint: NRM01 is WrongState, P0002 is NotFound, 42501
    NotAllowed."""
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
