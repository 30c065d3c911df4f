"""Row security of agreements, of a child's opinion, and of the words around them."""

from foundation.walls import Wall

from .sight import leads, sees

WALLS = [
    Wall(
        "victims_consent",
        select=sees("victims_consent.case_id", 2),
        insert=(
            "obtained_by_id = nrm.membership() AND withdrawn_at IS NULL AND withdrawn_by_id IS NULL"
            f" AND {leads('victims_consent.case_id')}"
        ),
        update=sees("victims_consent.case_id", 2),
        # signed by who records it, at the moment it is recorded: by the clock, since now() is when a transaction began
        check=("withdrawn_by_id = nrm.membership() AND withdrawn_at <= clock_timestamp() + interval '1 minute'"),
        rights="SELECT, INSERT, UPDATE (withdrawn_at, withdrawn_by_id)",
    ),
    Wall(
        "victims_childopinion",
        select=sees("victims_childopinion.case_id", 2),
        insert=f"by_id = nrm.membership() AND {sees('victims_childopinion.case_id', 3, lead=True)}",
        rights="SELECT, INSERT",
    ),
    Wall(
        "victims_agreementtext",
        select=sees("victims_agreementtext.case_id", 3),
        insert=f"by_id = nrm.membership() AND {sees('victims_agreementtext.case_id', 3, lead=True)}",
        rights="SELECT, INSERT",
    ),
]
