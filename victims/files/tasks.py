"""Scan documents in quarantine, and erase the bytes of those that are over. What is due stands in the table."""

import logging
from itertools import takewhile

from django.db.models import Min
from django.utils import timezone

from foundation.actor import SYSTEM, acting_as
from foundation.files.scanning import UNSCANNED, Infected, ScannerAway, scan, uploads
from foundation.files.sealing import NotOpened
from foundation.files.storing import Missing, store
from foundation.tasks import one_by_one, taken, task
from journal.models import Heartbeat
from journal.operations import record
from notifications.operations import fence
from notifications.operations.events import enqueue
from victims.models import CaseFile

from .operations import contents, end, erase, lost_names
from .rules import LOST_KEPT, MISSING_KEPT, REFUSED_KEPT, WAITING

log = logging.getLogger(__name__)
State, Reason = CaseFile.State, CaseFile.Reason
BATCH = 100  # of each kind in one run


@task("victims.files.tasks.files", system=True, transaction=False)
def files() -> int:
    """Handle what is due; return how many documents that is. Runs every 15 seconds, and at once when one is added.

    A worker that was killed leaves its row as it was: the next run finds it. Without a scanner nothing leaves
    quarantine, and `/readyz` says since when; one that does not answer is asked about one document a run, whichever, so
    that this queue goes on and no document keeps the others.
    """
    away: list[ScannerAway] = []

    def checked(pk) -> int:
        try:
            return _handle(pk)
        except ScannerAway as error:
            away.append(error)
            raise

    with acting_as(SYSTEM):
        due = CaseFile.objects.filter(kept_as__gt="").order_by("at")
        over = due.filter(state__in=[State.WITHDRAWN, State.REFUSED, State.ERASED]).values_list("pk")[:BATCH]
        waiting = due.filter(state=State.QUARANTINE).order_by("?").values_list("pk")[:BATCH]
        rows = [*over, *waiting]
    done = one_by_one("file", takewhile(lambda row: not away, rows), checked, moved=ScannerAway)
    with acting_as(SYSTEM):
        _note_oldest()
        old = CaseFile.objects.filter(state=State.REFUSED, kept_as="", ended_at__lte=timezone.now() - REFUSED_KEPT)
        return done + old.update(state=State.ERASED, data=None)


def _note_oldest() -> None:
    """Store, as a heartbeat, since when the oldest document waits for its scanner; now when none does."""
    now = timezone.now()
    oldest = CaseFile.objects.filter(state=State.QUARANTINE).aggregate(at=Min("at"))["at"]
    row = Heartbeat(kind=WAITING, at=min(oldest or now, now))
    Heartbeat.objects.bulk_create([row], update_conflicts=True, unique_fields=["kind"], update_fields=["at"])


@task("victims.files.tasks.sweep", system=True, transaction=False)
def sweep() -> int:
    """Delete from the store what no document has, once it is LOST_KEPT old; return how many.

    A copy of the platform deletes nothing: its store may be that of the platform, whose newer files it does not know.
    """
    with acting_as(SYSTEM):
        if fence.reason():
            return 0
        lost = list(lost_names(timezone.now() - LOST_KEPT))
    for name in lost:
        store().delete(name)
    return len(lost)


def _handle(pk) -> int:
    with acting_as(SYSTEM):
        if not taken("file", pk):
            return 0
        found = CaseFile.objects.filter(pk=pk, kept_as__gt="").select_for_update().first()
        if found is None or found.state == State.READY:
            return 0
        if found.state != State.QUARANTINE:
            erase(found)
        else:
            _check(found)
    return 1


def _check(found: CaseFile) -> None:
    """Scan one document: it is ready, or refused, and then its bytes are erased in the same transaction."""
    try:
        content = contents(found)
        if uploads() != UNSCANNED:
            scan(content)
    except Infected:
        _refuse(found, Reason.INFECTED)
    except NotOpened:
        _refuse(found, Reason.DAMAGED)
    except Missing:
        if found.at > timezone.now() - MISSING_KEPT:
            raise  # logged: a disk that is not there for now loses no document
        _refuse(found, Reason.DAMAGED)
    else:
        found.state = State.READY
        found.save(update_fields=["state"])


def _refuse(found: CaseFile, reason: str) -> None:
    log.warning("document %s was refused: %s", found.pk, reason)
    end(found, State.REFUSED, reason)
    erase(found)
    record("file.refuse", found, case_id=None if found.secret else found.case_id)
    enqueue("file_refused", found, to=["author"])
