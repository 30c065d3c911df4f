"""Refuse to start web or workers without the keys of the database: every page of a case would fail one by one."""

import logging

from celery.signals import worker_init
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

from foundation.actor import SYSTEM, acting_as
from journal.operations import check_keys

NOT_SIGNED = "42501"  # of nrm.signed_context
log = logging.getLogger(__name__)


def refuse_other_keys() -> None:
    """Raise ImproperlyConfigured for other keys; a database that is away or empty is said by /readyz instead."""
    try:
        check_keys()
        check_signature()
    except DatabaseError as error:
        log.warning("the keys could not be checked: %s", type(error).__name__)
    finally:
        connection.close()


def check_signature() -> None:
    """Raise ImproperlyConfigured when the database does not know this SECRET_KEY: no write would pass."""
    try:
        with acting_as(SYSTEM), connection.cursor() as cursor:
            cursor.execute("SELECT nrm.signed_context()")
    except DatabaseError as error:
        if getattr(error.__cause__, "pgcode", "") != NOT_SIGNED:
            raise
        raise ImproperlyConfigured("The database does not know this SECRET_KEY. Run migrate with it first.") from error


@worker_init.connect
def stop_worker(**kwargs) -> None:
    """Raise SystemExit, since Celery only logs other errors of a signal."""
    try:
        refuse_other_keys()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from error
