"""Show what holds a case, and what the reader may decide about it."""

from collections.abc import Iterable

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
    waiting = {hold.by_id for hold in found if hold.state in TO_CONFIRM} if works else set()
    second = _second_for(actor, waiting)
    for hold in found:
        hold.who = who(hold)
        hold.may_confirm = hold.state in TO_CONFIRM and hold.by_id in second
        hold.may_end = works and hold.state in (LegalHold.State.ASKED, LegalHold.State.STANDING)
    return found


def _second_for(actor, askers: set[int]) -> set[int]:
    """Return those of these members for whom the actor is a second person."""
    if not askers:
        return set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT u FROM unnest(%s::bigint[]) u WHERE nrm.independent(%s, u)", [sorted(askers), actor.pk])
        return {pk for (pk,) in cursor.fetchall()}
