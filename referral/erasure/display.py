"""Show what holds a case, and what the reader may decide about it."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from agencies.members.rules import WORKS
from agencies.models import Membership
from referral.models import LegalHold
from victims.access.display import names

TO_CONFIRM = (LegalHold.State.ASKED, LegalHold.State.ENDING)


def holds_in_words(actor, rows: Iterable[LegalHold]) -> list[LegalHold]:
    """Return the holds with `who`, and `may_confirm` and `may_end`: what the database would not refuse this reader."""
    found = list(rows)
    who = names(actor, found)
    works = actor.kind == Membership.Sort.PERSON and actor.has(*WORKS)
    may = _may([hold.pk for hold in found if hold.stands]) if works else {}
    for hold in found:
        hold.who = who(hold)
        confirm, end = may.get(hold.pk, (False, False))
        hold.may_confirm = hold.state in TO_CONFIRM and confirm
        hold.may_end = end
    return found


def _may(pks: list) -> dict[UUID, tuple[bool, bool]]:
    """Return of each of these holds whether the acting member may confirm, and ask for the end."""
    if not pks:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT h, nrm.may_decide_hold(h, 'confirm'), nrm.may_decide_hold(h, 'end') FROM unnest(%s::uuid[]) h",
            [pks],
        )
        return {pk: (confirm, end) for pk, confirm, end in cursor.fetchall()}
