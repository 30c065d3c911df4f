"""The worker loads an import as the member who asked, all of it or nothing, and forgets tables nobody took further."""

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
    """Called twice it loads once. What went wrong leaves no case behind, and the page says so."""
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
    """Once an hour: tables uploaded and never loaded are forgotten after a week."""
    waiting = [CaseImport.State.UPLOADED, CaseImport.State.MATCHED]
    old = CaseImport.objects.filter(state__in=waiting, at__lt=timezone.now() - TABLE_LIFE)
    return old.update(state=CaseImport.State.DISCARDED, content=None, ended_at=timezone.now())
