"""Say from where a program asks what changed: the `since` of the API, and what is gone since."""

import base64
import binascii
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from django.db.models import F, QuerySet
from django.utils import timezone

from foundation.encryption import seal, unseal
from foundation.positions import Settled, from_position
from victims.models import CaseAccess, Departure

LIFE = 60  # days in which a copy may be continued: less than `Departure.KEPT`
FORM = struct.Struct(">QI")  # position, day: always of one length
LENGTH = 13 + 12 + FORM.size + 16  # key id, nonce, position, tag: foundation/encryption.py
SIGNS = -(-LENGTH * 4 // 3)  # of it in base64, without padding


class BadSince(ValueError):
    """Signal a text that no answer gave."""


class Lost(Exception):
    """Signal a `since` that this list cannot be continued from: the copy must be made anew."""


@dataclass(frozen=True)
class Since:
    """Hold a position in one list of one member, and the day of the answer that gave it."""

    position: int
    day: int


def _bound(actor, listed: str, database: str) -> str:
    """Return what a position holds for: another list, sight or database cannot read it."""
    return "|".join(map(str, (listed, actor.pk, actor.sight, actor.agency_id, actor.agency.kind, database)))


def since_text(actor, listed: str, since: Since, database: str) -> str:
    """Return a position as a program is given it: encrypted.

    Read in clear, two of them would say how much was written between, also about what the program does not see.
    """
    sealed = seal(FORM.pack(since.position, since.day), label="since", bound=_bound(actor, listed, database))
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def read_since(actor, listed: str, text: str, now: Settled) -> Since:
    """Return what an earlier answer gave. Raises BadSince, or Lost when the copy cannot be continued from there.

    Lost: the database was restored or is another one, the member's rights or agency changed, or LIFE is over.
    """
    try:
        sealed = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        if len(sealed) != LENGTH:
            raise BadSince(text)
        since = Since(*FORM.unpack(unseal(sealed, label="since", bound=_bound(actor, listed, now.database))))
    except (binascii.Error, UnicodeError) as error:
        raise BadSince(text) from error
    except (InvalidTag, KeyError) as error:
        raise Lost from error
    if since.position > now.position or since.day < today() - LIFE:
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


def cases_touched(actor, since: int) -> list:
    """Return the ids of the cases whose access changed for the actor since this position: given, changed or ended."""
    kept = from_position(CaseAccess.objects.of(actor), since).values_list("case_id")
    departed = from_position(Departure.objects.visible_to(actor), since).filter(noun=Departure.Noun.CASE)
    return sorted({case for (case,) in kept.union(departed.values_list("thing"))})
