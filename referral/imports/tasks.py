"""Load imports as the member who asked, all lines or none; delete tables that were never loaded."""

import logging
from datetime import timedelta

from django.db import DatabaseError, transaction
from django.utils import timezone

from foundation.actor import current
from foundation.tasks import task
from foundation.workflow import NotAllowed, WrongState
from referral.models import CaseImport

from . import operations as imports

log = logging.getLogger(__name__)
TABLE_LIFE = timedelta(days=7)


@task("referral.imports.tasks.load")
def load(import_id: str) -> int:
    """Load an import and return the number of lines.

    A second call loads nothing. After a failure no case is left, and the page says so.
    """
    actor = current()
    try:
        with transaction.atomic():
            return imports.load_lines(actor, import_id)
    except (DatabaseError, WrongState, NotAllowed) as error:
        log.warning("import %s not loaded: %s", import_id, type(error).__name__)
        imports.fail_import(actor, import_id)
        return 0


@task("referral.imports.tasks.forget_tables", system=True)
def forget_tables() -> int:
    """Delete tables uploaded a week ago and never loaded. Runs hourly."""
    waiting = [CaseImport.State.UPLOADED, CaseImport.State.MATCHED]
    old = CaseImport.objects.filter(state__in=waiting, at__lt=timezone.now() - TABLE_LIFE)
    return old.update(state=CaseImport.State.DISCARDED, content=None, ended_at=timezone.now())
