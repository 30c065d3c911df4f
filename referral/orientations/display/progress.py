"""Describe the progress of orientations from their moves: senders cannot read the desk rows of other agencies."""

from collections import Counter

from django.db.models import Prefetch
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from agencies.models import Agency
from foundation.words.spoken_languages import read_as
from referral.inbox.operations.alerts import MOVES as alert_moves
from referral.models import Orientation, OrientationMove
from referral.orientations.operations.moves import MOVES
from referral.orientations.rules import CARRIED, is_report
from referral.orientations.selectors.situations import places, waiting
from victims.models import Urgency

# labels of moves: an escalation changes no state, so the label of a state would not show it
STEPS = {
    **{action: move.step for action, move in [*alert_moves.items(), *MOVES.items()] if move.step},
    "send": gettext_lazy("Sent"),
    "address": gettext_lazy("Sent to the coordination by its author"),
    "finish": gettext_lazy("Closed by its author"),
    "open": gettext_lazy("Read"),
    "act": gettext_lazy("Case opened"),
    "readdress": gettext_lazy("No answer: sent to another service"),
    "follow": gettext_lazy("Something follows the case"),
    "reach": gettext_lazy("Reached by phone"),
    "settle": gettext_lazy("Closed by every service"),
    "resume": gettext_lazy("Its case is open again"),
    "add": pgettext_lazy("alert", "Information added: the services have it again"),
    "add_on": pgettext_lazy("alert", "Information added: the services have it again"),
    "doubt": pgettext_lazy("alert", "What was added tells of a child: age in doubt"),
    "escalate": gettext_lazy("Not answered in time"),
    "expire": gettext_lazy("No answer"),
    "withdraw_consent": gettext_lazy("Agreement withdrawn"),
    "hand_on": gettext_lazy("Handed on"),
    "lapse": gettext_lazy("Run out"),
}


def with_moves(orientations):
    """Return the rows with their moves prefetched, comments deferred. One more query."""
    moves = OrientationMove.objects.defer("comment").select_related("agency")
    return orientations.select_related("addressee", "service", "sender").prefetch_related(Prefetch("moves", moves))


def state_words(orientation: Orientation) -> str:
    """Return the state in words: a report is received by the prosecutor, who accepts and supports nothing."""
    if orientation.state in CARRIED and is_report(orientation):
        return gettext("Report received")
    return orientation.get_state_display()


def with_last_move(orientations) -> list[Orientation]:
    """Return orientations, each with `last` (move), `opened_at` and `state_words`."""
    found = list(orientations)
    for orientation in found:
        moves = list(orientation.moves.all())
        orientation.last = moves[-1] if moves else None
        orientation.state_words = state_words(orientation)
        orientation.opened_at = next((m.at for m in moves if m.action == "open"), None)
    return found


def with_turn(rows) -> None:
    """Set `state_words` and `sender_s_turn` on desk rows: the time left is the sender's, whom a first question asked.

    One query, if any question waits.
    """
    waiting = [row.orientation_id for row in rows if row.state == Orientation.State.QUESTION]
    asked = OrientationMove.objects.filter(orientation__in=waiting, action="ask") if waiting else []
    questions = Counter(move.orientation_id for move in asked)
    for row in rows:
        row.state_words = state_words(row.orientation) if row.state in CARRIED else row.get_state_display()
        row.sender_s_turn = _pauses(questions[row.orientation_id], row.urgency)


def with_places(actor, rows, *, to_answer: bool) -> list[tuple[str, int]]:
    """Set `place` and `spoken` on desk rows of a lot; return (lot, requests to answer).

    One query, and two more if there is such a row and `to_answer`.
    """
    found = places(row.orientation_id for row in rows) if rows else {}
    for row in rows:
        row.place = found.get(row.orientation_id)
        row.spoken = read_as(row.place.language) if row.place and row.place.language else ""
    if not found or not to_answer:
        return []
    counted = Counter(place.lot for place in waiting(actor).values())
    return sorted(counted.items())


def sender_s_turn(orientation_id, urgency: str) -> bool:
    """Return whether the time left on a request with a question is its sender's. One query."""
    asked = OrientationMove.objects.filter(orientation=orientation_id, action="ask")
    return urgency != Urgency.VITAL and _pauses(asked.count(), urgency)


def _pauses(questions: int, urgency: str) -> bool:
    """Return whether the desk's time waits for the answer: a second question, and danger to life, leave it running."""
    return questions == 1 and urgency != Urgency.VITAL


def steps(moves, reasons: dict[str, str], words=STEPS) -> list:
    """Return moves newest first, each with `words`, `family`, `reason_words` and `told` (names of the addressees)."""
    found = list(moves)
    told = {pk for move in found for pk in move.to_agencies}
    names = dict(Agency.objects.filter(pk__in=told).values_list("pk", "name")) if told else {}
    for move in found:
        move.words = words.get(move.action, move.action)
        move.family = "expired" if move.action == "escalate" else move.after
        move.reason_words = reasons.get(move.reason, "")
        move.told = [names[pk] for pk in move.to_agencies if pk in names]
    return found[::-1]
