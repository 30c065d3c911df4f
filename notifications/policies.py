"""Row security of notices: the application inserts events and reads notices; only the system mode writes notices.

A notice whose subject is no longer visible to its member is hidden: each reading checks it, so that an ended access
shows nothing, before any periodic task has run.
"""

from foundation.sql_values import constant
from foundation.walls import Wall
from notifications.models import Event, Hook, HookDelivery, HookSecret, Preference
from notifications.words import NEVER_MUTED

_MINE = "membership_id = nrm.membership()"
# an administrator of the agency whose program it is
_KEPT = (
    "hook_id IN (SELECT h.id FROM notifications_hook h JOIN agencies_membership p ON p.id = h.membership_id"
    " JOIN agencies_membership m ON m.agency_id = p.agency_id WHERE m.id = nrm.membership() AND m.active"
    " AND m.agency_id = nrm.agency() AND 'agency_admin' = ANY(m.roles))"
)

FUNCTIONS = [constant("nrm.most_hooks", Hook.MOST), constant("nrm.never_muted", list(NEVER_MUTED))]
WALLS = [
    Wall.of(
        Event,
        # as oneself, or in system mode: nobody tells nothing to anybody (the functions of the database do)
        insert="actor_id IS NOT DISTINCT FROM nrm.membership()",
        # the application only inserts (its policies show it no event); SELECT and UPDATE are for the system mode
        rights="SELECT, INSERT, UPDATE (fanned_at)",
        worker_rights="SELECT, INSERT, UPDATE (fanned_at), DELETE",
    ),
    Wall(
        "notifications_notice",
        select=f"{_MINE} AND nrm.i_still_see(subject, subject_id)",
        update=f"{_MINE} AND channel = 'app'",
        # the columns of delivery are for the system mode; they have no effect on notices in the application
        rights="SELECT, INSERT, UPDATE (read_at, state, attempts, due_at, sent_at)",
        worker_rights="SELECT, INSERT, UPDATE (read_at, state, attempts, due_at, sent_at), DELETE",
    ),
    # whoever reads that it was asked reads the address: the agency, and the second person who agrees to it. Changed by
    # functions alone (referral/sql/hooks.sql), and by the worker that posts
    Wall.of(
        Hook,
        select="asked_id IN (SELECT c.id FROM agencies_memberchange c)",
        worker_rights="SELECT, UPDATE (last, failures, failing_since, due_at, paused_at, paused_why)",
    ),
    Wall.of(HookSecret, rights="", worker_rights="SELECT"),
    Wall.of(
        HookDelivery,
        select=_KEPT,
        worker_rights="SELECT, INSERT, DELETE, UPDATE (state, attempts, first_at, due_at, sent_at, status, problem)",
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
