"""Write outside of the database what was erased."""

from pathlib import Path

from django.conf import settings

from foundation.actor import SYSTEM, acting_as
from foundation.tasks import task
from notifications.operations import fence

from .documents import append
from .operations import to_write_outside, written_outside


@task("referral.erasure.tasks.write_register", system=True, transaction=False)
def write_register() -> int:
    """Add to the register outside what does not stand there yet. Runs every minute, in the worker that seals.

    Killed between the disk and the database, it writes a line twice: the register says the same. A copy of the
    platform, which its fence holds back, writes nothing: an empty register of its own would say that nobody was erased.
    """
    with acting_as(SYSTEM):
        if fence.reason():
            return 0
        rows = to_write_outside()
        append(
            Path(settings.JOURNAL_CHECKPOINTS),
            ({"digest": row.digest, "at": row.at.isoformat(), "kind": row.kind} for row in rows),
        )
        written_outside(rows)
        return len(rows)
