"""Seal the journal each minute, verify it each day, forget what is old."""

import logging
from pathlib import Path

from django.conf import settings

from foundation.actor import SYSTEM, acting_as
from foundation.tasks import awaited, each_step, task

from . import documents
from .operations import forget_entries, make_months, note_faults, seal_entries, waiting_outside, whole_line, written
from .rules import LOCK, known_keys
from .selectors import faults as comparison

log = logging.getLogger(__name__)
AT_ONCE = 50  # checkpoints of one pass at most


@task("journal.tasks.seal", system=True, transaction=False)
def seal() -> int:
    """Sign what waits, and write it outside. Runs every minute; returns how many entries were sealed."""
    folder, done = Path(settings.JOURNAL_CHECKPOINTS), 0
    last = documents.last(folder)
    for _ in range(AT_ONCE):
        with acting_as(SYSTEM):
            made = seal_entries(last)
        _write(folder)
        last = None  # it was asked once: from here on the last line is ours
        done += made.size if made else 0
        if made is None or made.whole:
            break
    return done


def _write(folder: Path) -> None:
    """Write outside what does not stand there; a line that a crash left without its mark is not written twice."""
    with acting_as(SYSTEM):
        waiting = waiting_outside(AT_ONCE)  # takes the lock: nobody else writes from here on
        there = documents.last(folder)
        for made in waiting:
            if there is None or made.number > there["number"]:
                documents.append(folder, whole_line(made))
            written(made)


@task("journal.tasks.forget", system=True, transaction=False)
def forget() -> int:
    """Make the next months ready, and delete entries as old as they may be kept. Runs hourly; returns how many."""
    return each_step(_months, forget_entries)


def _months() -> int:
    make_months()
    return 0  # nothing went


@task("journal.tasks.verify", system=True, transaction=False)
def verify() -> int:
    """Compare the journal with its checkpoints, log each fault, and note how many there are. Runs daily."""
    folder, ring = Path(settings.JOURNAL_CHECKPOINTS), known_keys()
    with acting_as(SYSTEM):
        awaited(*LOCK)
        faults = list(comparison.findings(lambda: documents.lines(folder), ring, comparison.Result()))
        for fault in faults:
            log.error("journal: %s", fault)
        note_faults(len(faults))
    return len(faults)
