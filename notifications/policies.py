"""Row security of notices: the application inserts events and reads notices; only the system mode writes notices.

A notice whose subject is no longer visible to its member is hidden: each reading checks it, so that an ended access
shows nothing, before any periodic task has run.
"""

from foundation.walls import Wall
from notifications.models import Event, Preference

_MINE = "membership_id = nrm.membership()"

WALLS = [
    Wall.of(
        Event,
        insert="actor_id IS NOT DISTINCT FROM NULLIF(current_setting('nrm.membership', true), '')::bigint",
        # the application only inserts (its policies show it no event); SELECT and UPDATE are for the system mode
        rights="SELECT, INSERT, UPDATE (fanned_at)",
    ),
    Wall(
        "notifications_notice",
        select=f"{_MINE} AND nrm.i_still_see(subject, subject_id)",
        update=f"{_MINE} AND channel = 'app'",
        # the columns of delivery are for the system mode; they have no effect on notices in the application
        rights="SELECT, INSERT, UPDATE (read_at, state, attempts, due_at, sent_at)",
    ),
    # where the database lives: asked before each message and by /readyz, without an actor
    Wall("notifications_installation", select="true", rights="SELECT"),
    Wall.of(
        Preference,
        insert=_MINE,
        update=_MINE,
        delete=_MINE,
        rights="SELECT, INSERT, UPDATE, DELETE",
    ),
]
