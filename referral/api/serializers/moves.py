"""Parse what a move asks, as declared beside its operation."""

from foundation.workflow import Move

from .alerts import (
    AcceptInput,
    CompleteInput,
    DeclareInput,
    DeclineInput,
    Nothing,
    RedirectInput,
    StandDownInput,
    TakeNoteInput,
    WordsInput,
)
from .strict import Choice, Strict

# by operation: those that ask more than one thing, or at another length
OWN = {
    "accept_orientation": AcceptInput,
    "decline_orientation": DeclineInput,
    "complete_orientation": CompleteInput,
    "declare_on_alert": DeclareInput,
    "stand_down_alert": StandDownInput,
    "redirect_alert": RedirectInput,
    "take_note_of_addition": TakeNoteInput,
}


def input_of(move: Move) -> type[Strict]:
    """Return the serializer of a move. A closed list has one of its own, named after the action."""
    if own := OWN.get(move.name):
        return own
    if move.asks is None:
        return Nothing
    if not move.asks.choices:
        return WordsInput
    codes = Choice(choices=[code for code, _words in move.asks.choices])
    return type(f"{move.action.capitalize()}Input", (Strict,), {move.asks.name: codes})
