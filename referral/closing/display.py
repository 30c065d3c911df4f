"""Describe the moves of a case in words."""

from django.utils.translation import gettext_lazy

from indicators.codes.selectors import CLOSURE_REASONS, labels
from victims.access.display import names

from .operations import MOVES

STEPS = {
    **{action: move.step for action, move in MOVES.items()},
    "close": gettext_lazy("Case closed"),
    "merge": gettext_lazy("Closed as a duplicate"),
    "unmerge": gettext_lazy("Closing as a duplicate undone"),
}


def moves_in_words(actor, moves) -> list:
    """Return moves newest first, each with `words`, `who` and `reason_words`."""
    found, reasons = list(moves)[::-1], labels(CLOSURE_REASONS)[CLOSURE_REASONS]
    who = names(actor, found)
    for move in found:
        move.words = STEPS[move.action]
        move.who = who(move)
        move.reason_words = reasons.get(move.reason, "")
    return found
