"""The application inserts events and reads notices; only the worker's system mode writes a notice.

A notice whose subject its member no longer sees is not there any more: the database's clock decides at each reading,
so that an access ended a second ago gives nothing, whether or not a sweep has run.
"""

from foundation.walls import Wall

_MINE = "membership_id = nrm.membership()"

WALLS = [
    Wall(
        "notifications_event",
        select="nrm.membership() < 0",  # nobody; without an actor it raises like every other table
        insert="actor_id IS NOT DISTINCT FROM NULLIF(current_setting('nrm.membership', true), '')::bigint",
        # the application only inserts (its policies show it no event); SELECT and UPDATE serve the system mode
        rights="SELECT, INSERT, UPDATE (fanned_at)",
    ),
    Wall(
        "notifications_notice",
        select=f"{_MINE} AND nrm.i_still_see(subject, subject_id)",
        update=f"{_MINE} AND channel = 'app'",
        # the columns of the delivery are the system mode's; on a row shown in the application they mean nothing
        rights="SELECT, INSERT, UPDATE (read_at, state, attempts, due_at, sent_at)",
    ),
    Wall(
        "notifications_preference",
        select=_MINE,
        insert=_MINE,
        update=_MINE,
        delete=_MINE,
        rights="SELECT, INSERT, UPDATE, DELETE",
    ),
]
