"""Decide, as the coordination, about two cases that may concern one person. Nobody else sees the match.

No decision gives access to a case: the coordination tells a lead of the other case in person.
"""

from django.utils import timezone

from foundation.errors import NotFound, guarded
from foundation.workflow import WrongState, step
from journal.operations import record
from notifications.operations.events import enqueue
from referral.models import Match, MatchAlarm, MatchMove
from referral.workflow import MATCH

from .comparison import case_of

SIDES = ("first", "second")


def visible_match(actor, match_id) -> Match:
    """Return a match visible to the actor. Raises NotFound."""
    match = Match.objects.visible_to(actor).filter(pk=match_id).first()
    if match is None:
        raise NotFound
    return match


def read_match(actor, match_id) -> Match:
    """Return a match to show. The reading is journalled in the same transaction."""
    match = visible_match(actor, match_id)
    record("match.read", match)
    return match


def keep_apart(actor, match_id, *, reason: str, comment: str = "") -> Match:
    """Leave the cases apart. The pair is not asked again unless one of the identities changes."""
    return _decide(actor, match_id, "dismiss", reason=reason, comment=comment)


def put_in_contact(actor, match_id, *, comment: str = "") -> Match:
    """Ask each lead to contact the coordination, with the reference of its own case only and no reason."""
    match = _decide(actor, match_id, "contact", comment=comment)
    for side in SIDES:
        enqueue("contact_asked", case_of(match, side), to=["lead"])
    return match


def link(actor, match_id, *, comment: str = "") -> Match:
    """Link the two cases: each is named on the other, for those who already see both."""
    return _decide(actor, match_id, "link", comment=comment)


def merge(actor, match_id, *, keep: str, comment: str = "") -> Match:
    """Close one case in favour of the other (`keep`: "first" or "second"). Grants and orientations stay.

    Raises ValueError for another `keep`, WrongState when one of them was already merged into a third, when a third was
    merged into the one to close, or when the one to keep is closed and the other is not.
    """
    if keep not in SIDES:
        raise ValueError(keep)
    match = _decide(actor, match_id, "merge", comment=comment, keep=keep)
    enqueue("case_merged", closed_case(match), to=["holders"])
    return match


def undo_merge(actor, match_id, *, comment: str = "") -> Match:
    """Undo a merge: the closed case gets its former state back, unless its lead has moved it since."""
    closed = closed_case(visible_match(actor, match_id))
    match = _decide(actor, match_id, "undo", comment=comment)
    enqueue("case_parted", closed, to=["holders"])
    return match


def reopen(actor, match_id, *, comment: str = "") -> Match:
    """Reopen a decided match."""
    return _decide(actor, match_id, "reopen", comment=comment)


def closed_case(match: Match):
    """Return the case that a merge closed, not fetched; None when nothing is merged."""
    if match.kept_id is None:
        return None
    return case_of(match, "second" if match.kept_id == match.first_id else "first")


def _decide(actor, match_id, action: str, *, reason="", comment="", keep="") -> Match:
    match = visible_match(actor, match_id)
    after = step(MATCH, match.state, action, side={"unit"}, actor=actor).after
    with guarded():
        MatchMove.objects.create(
            match=match,
            action=action,
            before=match.state,
            after=after,
            membership=actor,
            agency=actor.agency,
            reason=reason,
            comment=comment or None,
            keep_id=getattr(match, f"{keep}_id") if keep else None,
        )
    # without the case id: readers of a case's journal must not learn of a match from it
    record(f"match.{action}", match)
    return visible_match(actor, match_id)


def visible_alarm(actor, alarm_id) -> MatchAlarm:
    """Return an alarm visible to the actor. Raises NotFound."""
    alarm = MatchAlarm.objects.visible_to(actor).select_related("member__user", "member__agency").filter(pk=alarm_id)
    if (found := alarm.first()) is None:
        raise NotFound
    return found


def settle_alarm(actor, alarm_id, *, finding: str) -> MatchAlarm:
    """Record the finding about an alarm. Raises NotFound, WrongState when it was already settled."""
    alarm = visible_alarm(actor, alarm_id)
    with guarded():
        changed = MatchAlarm.objects.filter(pk=alarm.pk, seen_at=None).update(
            seen_at=timezone.now(), seen_by=actor, finding=finding
        )
    if not changed:
        raise WrongState("seen")
    record("match.alarm_settled", alarm)
    return visible_alarm(actor, alarm_id)
