"""The application inserts events and reads notices; only the worker's system mode writes a notice."""

from agencies.walls import Wall

WALLS = [
    Wall(
        "notifications_event",
        select="false",
        insert="actor_id IS NOT DISTINCT FROM NULLIF(current_setting('nrm.membership', true), '')::bigint",
        # the application names columns of INSERT only; SELECT and UPDATE serve the worker's system mode
        rights="SELECT, INSERT, UPDATE (fanned_at)",
    ),
    Wall(
        "notifications_notice",
        select="membership_id = nrm.membership() AND nrm.still_sees(membership_id, subject, subject_id)",
        update="membership_id = nrm.membership()",
        rights="SELECT, INSERT, UPDATE",
    ),
    Wall(
        "notifications_preference",
        select="membership_id = nrm.membership()",
        insert="membership_id = nrm.membership()",
        update="membership_id = nrm.membership()",
        delete="membership_id = nrm.membership()",
        rights="SELECT, INSERT, UPDATE, DELETE",
    ),
]
