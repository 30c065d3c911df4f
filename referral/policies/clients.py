"""Row security of the keys of API clients."""

from foundation.sight import Sql
from foundation.walls import Wall
from referral.models import ClientKey

WALLS = [
    Wall.of(
        ClientKey,
        insert=ClientKey.sight,
        # what the request made has its id after the work
        update=ClientKey.sight,
        # kept for seven days, so that a replay within them finds it
        delete=ClientKey.sight & Sql("at < now() - interval '7 days'"),
        rights="SELECT, INSERT, UPDATE (made), DELETE",
    ),
]
