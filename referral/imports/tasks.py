"""Check and load the imports that wait, piece by piece, as the member who asked; delete tables never loaded."""

import time
from datetime import timedelta

from django.utils import timezone

from agencies.models import Membership
from foundation.actor import SYSTEM, acting_as
from foundation.errors import NotFound
from foundation.tasks import one_by_one, taken, task, wake
from foundation.workflow import NotAllowed, WrongState
from referral.models import CaseImport, ImportPiece

from . import operations as imports

TABLE_LIFE = timedelta(days=7)
TURN = 10  # seconds, after which due work that came meanwhile has its turn


@task("referral.imports.tasks.work", system=True, transaction=False)
def work() -> int:
    """Check or load pieces, one of each import in turn, the smallest first; return their number.

    Runs every 15 seconds, and at once when one is asked for. Each piece has its own transaction, with the rights of
    that moment; a lost worker leaves the last one whole, and the next run goes on behind it.
    """
    with acting_as(SYSTEM):
        waiting = CaseImport.objects.filter(state__in=imports.AT_WORK).order_by("total", "at")
        rows = list(waiting.values_list("asked_by_id", "pk"))
    done, until = 0, time.monotonic() + TURN
    left: set = set()

    def handle(asker_id, pk) -> int:
        if _piece(asker_id, pk):
            left.add(pk)
        return 1

    while rows and time.monotonic() < until:
        done += one_by_one("import", rows, handle, moved=(WrongState, NotFound))
        rows = [row for row in rows if row[1] in left]
        left.clear()
    if rows:
        wake("referral.imports.tasks.work")
    return done


def _piece(asker_id, pk) -> bool:
    """Handle one piece; return whether others follow. A member who may no longer import is stopped."""
    try:
        with acting_as(_current(asker_id)) as asker:
            # another worker that has it goes on with it
            return taken("import", pk) and imports.work_on(asker, pk)
    except (NotAllowed, Membership.DoesNotExist):
        with acting_as(SYSTEM):
            imports.fail_import(pk)
        return False


def _current(asker_id) -> Membership:
    """Return the asker as it is now. Raises Membership.DoesNotExist when it may no longer act."""
    with acting_as(SYSTEM):
        return Membership.objects.live().select_related("agency").get(pk=asker_id)


@task("referral.imports.tasks.forget_tables", system=True)
def forget_tables() -> int:
    """Delete tables uploaded a week ago and never loaded. Runs hourly."""
    old = CaseImport.objects.filter(state__in=imports.BEFORE_LOAD, at__lt=timezone.now() - TABLE_LIFE)
    ImportPiece.objects.filter(origin__in=old).delete()
    return old.update(state=CaseImport.State.DISCARDED, content=None, ended_at=timezone.now())
