"""Scan documents in quarantine, and erase the bytes of those that are over. What is due stands in the table."""

import logging
from itertools import takewhile

from django.db.models import Min
from django.utils import timezone

from foundation.actor import SYSTEM, acting_as
from foundation.files.scanning import UNSCANNED, Infected, ScannerAway, answers, scan, uploads
from foundation.files.sealing import NotOpened
from foundation.files.storing import Missing, store
from foundation.tasks import failed, one_by_one, taken, task
from journal.models import Heartbeat
from journal.operations import record
from notifications.operations import fence
from notifications.operations.events import enqueue
from victims.models import CaseFile

from .operations import contents, end, erase, lost_names
from .rules import LOST_KEPT, MISSING_KEPT, REFUSED_KEPT, WAITING

log = logging.getLogger(__name__)
State, Reason = CaseFile.State, CaseFile.Reason
BATCH, FAILURES = 100, 3  # documents of each kind in one run; those that may fail in it


@task("victims.files.tasks.files", system=True, transaction=False)
def files() -> int:
    """Handle what is due; return how many documents that is. Runs every 15 seconds, and at once when one is added.

    A worker that was killed leaves its row as it was: the next run finds it. Without a scanner nothing leaves
    quarantine, and `/readyz` says since when. A scanner that does not answer ends the run, a store after FAILURES
    documents of either kind, in an order that is drawn: so this queue goes on, and no document keeps the others.

    A copy of the platform takes no bytes away, as `sweep`, and tells nobody of a refusal: it scans each document once,
    and leaves what is to be erased or refused until its fence is lifted.
    """
    with acting_as(SYSTEM):
        copy = bool(fence.reason())
        due = CaseFile.objects.filter(kept_as__gt="").order_by("?")
        over = due.none() if copy else due.filter(state__in=[State.WITHDRAWN, State.REFUSED, State.ERASED])
        waits = due.filter(state=State.QUARANTINE)
        if copy:
            _count_anew()
            waits = waits.exclude(reason=Reason.INFECTED)
        over, waiting = list(over.values_list("pk")[:BATCH]), list(waits.values_list("pk")[:BATCH])
    done = _until_failures(waiting) + _until_failures(over)
    with acting_as(SYSTEM):
        _note_oldest()
        old = CaseFile.objects.filter(state=State.REFUSED, kept_as="", ended_at__lte=timezone.now() - REFUSED_KEPT)
        return done + old.update(state=State.ERASED, data=None)


def _until_failures(rows) -> int:
    """Handle these until the scanner is away or FAILURES of them failed; return how many were handled."""
    failures = 0

    def handled(pk) -> int:
        nonlocal failures
        try:
            return _handle(pk)
        except ScannerAway:
            failures = FAILURES
            if not answers():  # else it failed at this document alone, and goes on being asked of the others
                with acting_as(SYSTEM):
                    _count_anew()
            raise
        except Exception:
            failures += 1
            raise

    return one_by_one("file", takewhile(lambda row: failures < FAILURES, rows), handled, moved=ScannerAway)


def _count_anew() -> None:
    """Forget since when documents are not read: while none is looked at, nobody knows it. A day is counted whole."""
    CaseFile.objects.filter(state=State.QUARANTINE, missed_at__isnull=False).update(missed_at=None)


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
    except (Missing, NotOpened) as error:
        _not_read(found, error)
    else:
        found.state, found.missed_at, found.reason = State.READY, None, ""
        found.save(update_fields=["state", "missed_at", "reason"])


def _not_read(found: CaseFile, error: Exception) -> None:
    """Note since when the bytes are not read, and refuse them after MISSING_KEPT of it.

    A disk or a key that is not there for now loses no document, nor does a store that is empty: it is another one.
    """
    log.error("document %s in quarantine is not read: %s", found.pk, type(error).__name__)
    failed.send_robust(sender=None, work="row")
    if found.missed_at is None:
        found.missed_at = timezone.now()
        found.save(update_fields=["missed_at"])
    elif found.missed_at <= timezone.now() - MISSING_KEPT and any(store().names()):
        _refuse(found, Reason.DAMAGED)


def _refuse(found: CaseFile, reason: str) -> None:
    if fence.reason():  # noted, so that it is not scanned again each time; lifted, it is, and then told and erased
        found.reason = reason
        found.save(update_fields=["reason"])
        return
    log.warning("document %s was refused: %s", found.pk, reason)
    end(found, State.REFUSED, reason)
    erase(found)
    record("file.refuse", found, case_id=None if found.secret else found.case_id)
    enqueue("file_refused", found, to=["author"])
