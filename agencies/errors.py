"""What the database's refusals mean here."""

from contextlib import contextmanager

from django.db import DatabaseError, transaction
from django.http import Http404

from .workflow import NotAllowed, WrongState


@contextmanager
def guarded():
    """Run statements that the walls may refuse, in a savepoint: NRM01 is WrongState, P0002 is 404, 42501 NotAllowed."""
    try:
        with transaction.atomic():
            yield
    except DatabaseError as error:
        code = getattr(error.__cause__, "pgcode", None) or getattr(error.__cause__, "sqlstate", None)
        if code == "NRM01":
            raise WrongState("state") from error
        if code == "P0002":
            raise Http404 from error
        if code == "42501":
            raise NotAllowed("refused by the database") from error
        raise
