"""Make and drop the test spaces of programs; do in those in use what the worker does in the real base."""

import logging

import psycopg2

from foundation.statements.sandbox import led_to
from foundation.tasks import failed, one_by_one, task, wake
from notifications.operations.delivery import fan_out
from referral.exports.tasks import exports
from referral.imports.tasks import work as imports
from referral.sandbox.operations import copies, spaces
from referral.tasks import clocks, due

log = logging.getLogger(__name__)
AT_ONCE = 200  # events told in one pass


@task("referral.sandbox.tasks.keep", system=True, transaction=False)
def keep() -> int:
    """Make the copies that are wanted and drop those that are over. Runs every 15 seconds, and when asked for."""
    try:
        made = copies.keep()
    except psycopg2.Error as error:  # that test spaces cannot be made says nothing of the platform (/readyz)
        log.error("test spaces were not kept: %s", type(error).__name__)
        failed.send_robust(sender=None, work="row")
        return 0
    if spaces.in_use():
        wake(spaces.WORK)
    return made


@task(spaces.WORK, system=True, transaction=False)
def work() -> int:
    """Work in each space in use; return in how many. Called by `keep`, and after each request that wrote there.

    Notices, time limits that end, exports and imports, with the same functions. Nothing is sent: a copy of a database
    sends nothing, and no task is published there (foundation/statements/sandbox.py).
    """
    return one_by_one("test space", [(name,) for name in spaces.in_use()], _work_in)


def _work_in(database: str) -> int:
    with led_to(database):
        due.run()
        clocks.run()
        exports.run()
        imports.run()
        for vital in (True, False):  # last: what the others wrote is told at once
            fan_out(AT_ONCE, vital=vital)
    return 1
