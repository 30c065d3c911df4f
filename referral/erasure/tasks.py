"""Write outside of the database what was erased."""

from pathlib import Path

from django.conf import settings

from foundation.actor import SYSTEM, acting_as
from foundation.tasks import task

from .documents import append
from .operations import to_write_outside, written_outside


@task("referral.erasure.tasks.write_register", system=True, transaction=False)
def write_register() -> int:
    """Add to the register outside what does not stand there yet. Runs every minute, in the worker that seals.

    Killed between the disk and the database, it writes a line twice: the register says the same.
    """
    with acting_as(SYSTEM):
        rows = to_write_outside()
        append(
            Path(settings.JOURNAL_CHECKPOINTS),
            ({"digest": row.digest, "at": row.at.isoformat(), "kind": row.kind} for row in rows),
        )
        written_outside(rows)
        return len(rows)
