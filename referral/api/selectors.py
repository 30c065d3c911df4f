"""Say from where a program asks what changed: the `since` of the API, and what is gone since."""

import re
from dataclasses import dataclass

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from foundation.positions import Settled, from_position
from victims.models import Departure

LIFE = 60  # days in which a copy may be continued: less than `Departure.KEPT`
SHAPE = re.compile(r"(\d{1,18})-(\d{1,6})-([0-9a-f]{16})")


class BadSince(ValueError):
    """Signal a text that no answer gave."""


class Lost(Exception):
    """Signal a `since` that this list cannot be continued from: the copy must be made anew."""


@dataclass(frozen=True)
class Since:
    """Hold a position in one list of one member, and the day of the answer that gave it."""

    position: int
    day: int


def _mark(actor, listed: str, since: Since, database: str) -> str:
    """Return what binds a position to whom it was given: another list, sight or database makes another mark."""
    said = (since.position, since.day, listed, actor.pk, actor.sight, actor.agency_id, actor.agency.kind, database)
    return salted_hmac("nrm.since", "|".join(map(str, said)), algorithm="sha256").hexdigest()[:16]


def since_text(actor, listed: str, since: Since, database: str) -> str:
    return f"{since.position}-{since.day}-{_mark(actor, listed, since, database)}"


def read_since(actor, listed: str, text: str, now: Settled) -> Since:
    """Return what an earlier answer gave. Raises BadSince, or Lost when the copy cannot be continued from there.

    Lost: the database was restored or is another one, the member's rights or agency changed, or LIFE is over.
    """
    found = SHAPE.fullmatch(text) if text.isascii() else None
    if found is None:
        raise BadSince(text)
    since = Since(int(found[1]), int(found[2]))
    if (
        not constant_time_compare(found[3], _mark(actor, listed, since, now.database))
        or since.position > now.position
        or since.day < today() - LIFE
    ):
        raise Lost
    return since


def today() -> int:
    """Return the number of today, in UTC."""
    return timezone.now().toordinal()


def gone(actor, noun: str, key: str, since: int, seen: QuerySet, left: QuerySet | None = None) -> list[str]:
    """Return the ids of what left the list `seen` since this position, and is not in it now.

    `key`: attribute of the rows with the id. `left`: rows the actor sees that are in the list no more. What the agency
    no longer sees is told by its id, which its programs had; nothing says why.
    """
    departed = from_position(Departure.objects.visible_to(actor), since).filter(noun=noun).values_list("thing")
    if left is not None:
        departed = departed.union(from_position(left, since).order_by().annotate(thing=F(key)).values_list("thing"))
    ids = {thing for (thing,) in departed}
    back = set(seen.filter(**{f"{key}__in": ids}).values_list(key, flat=True)) if ids else set()
    return sorted(str(thing) for thing in ids - back)
