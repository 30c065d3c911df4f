"""Row security of what the API keeps of its clients."""

from foundation.sight import Sql
from foundation.walls import Wall
from referral.models import ClientKey

WALLS = [
    Wall.of(
        ClientKey,
        insert=ClientKey.sight,
        # a key is forgotten after seven days, never before: a replay within them must find it
        delete=ClientKey.sight & Sql("at < now() - interval '7 days'"),
        rights="SELECT, INSERT, DELETE",
    ),
]
