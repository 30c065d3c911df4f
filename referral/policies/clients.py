"""Row security of what the API keeps of its clients."""

from foundation.walls import Wall

from .desks import ME

WALLS = [
    Wall(
        "referral_clientkey",
        select=f"membership_id = {ME}",
        insert=f"membership_id = {ME}",
        # a key is forgotten after seven days, never before: a replay within them must find it
        delete=f"membership_id = {ME} AND at < now() - interval '7 days'",
        rights="SELECT, INSERT, DELETE",
    ),
]
