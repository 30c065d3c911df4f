"""What the comparison of identities stands on: written blindly by whoever types, read by the worker alone."""

from foundation.walls import Wall

from .sight import leads

NOBODY = "nrm.membership() < 0"  # without an actor it raises, like every other table

WALLS = [
    Wall(
        "victims_identityentry",
        select=NOBODY,
        insert=f"by_id = nrm.membership() AND {leads('victims_identityentry.case_id')}",
        rights="INSERT",
        worker_rights="SELECT, INSERT, DELETE",
    ),
    Wall("victims_matchtoken", select=NOBODY, rights="", worker_rights="SELECT, INSERT, DELETE"),
]
