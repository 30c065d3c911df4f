"""Show what holds a case, and what the reader may decide about it."""

from collections.abc import Iterable
from datetime import datetime
from types import SimpleNamespace
from uuid import UUID

from django.db import connection
from django.utils import timezone

from agencies.members.rules import WORKS
from agencies.models import Kind, Membership
from referral.models import LegalHold
from referral.models.erasures import END_UNANSWERED
from victims.access.display import names

State = LegalHold.State
# what may be done with a hold, in the order of the buttons, and in which states
ACTS = {
    "confirm": (State.ASKED,),
    "confirm_end": (State.ENDING,),
    "keep": (State.ENDING,),
    "end": (State.ASKED, State.STANDING, State.ENDING),
}


def holds_in_words(actor, rows: Iterable[LegalHold]) -> list[LegalHold]:
    """Return the holds with `asked_by`, `who` asked last, whether their day of review is `overdue`, `may`: the acts
    that the database would not refuse this reader, and, of an end that waits for their keeper, whether it is `mine` to
    answer and from when others may (`unit_from`, `lead_from`)."""
    found = list(rows)
    asked = [SimpleNamespace(membership_id=hold.by_id) for hold in found]
    who = names(actor, [*found, *asked])
    today = timezone.localdate()
    later = {hold.case_id for hold in found if hold.stands and hold.confirmed_by_id and hold.review_on > today}
    works = actor.kind == Membership.Sort.PERSON and actor.has(*WORKS)
    may = _may([(hold.pk, act) for hold in found for act, states in ACTS.items() if hold.state in states and works])
    for hold, first in zip(found, asked, strict=True):
        hold.who, hold.asked_by = who(hold), who(first)
        hold.overdue = hold.stands and hold.review_on <= today and hold.case_id not in later
        hold.may = {act for act in ACTS if (hold.pk, act) in may}
        hold.mine = hold.agency_id == actor.agency_id
        hold.unit_from, hold.lead_from = _turns(hold)
    return found


def _turns(hold: LegalHold) -> tuple[datetime | None, datetime | None]:
    """Return from when the coordination and the lead may answer an end, where that is not their turn already: as
    `nrm.hold_keepers`. A closed case shows its keeper neither, who is then not the lead."""
    if hold.state != State.ENDING or hold.end_by.agency_id == hold.agency_id:
        return None, None
    unit = hold.unit_id != hold.agency_id if hold.unit_id else hold.agency.kind != Kind.COORDINATION
    lead = hold.lead_id not in (hold.agency_id, hold.unit_id or 0)
    since = hold.end_asked_at
    return since + END_UNANSWERED if unit else None, since + 2 * END_UNANSWERED if lead else None


def _may(asked: list[tuple[UUID, str]]) -> set[tuple[UUID, str]]:
    """Return which of these acts, each on one hold, the acting member may do."""
    if not asked:
        return set()
    pks, acts = zip(*asked, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT h, act FROM unnest(%s::uuid[], %s::text[]) x (h, act) WHERE nrm.may_decide_hold(h, act)",
            [list(pks), list(acts)],
        )
        return set(cursor.fetchall())
