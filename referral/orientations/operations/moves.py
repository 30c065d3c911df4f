"""Collect the moves declared beside the operations of an orientation: page, API, journal and history read them here."""

from . import messages, orientations

MOVES = {**orientations.MOVES, **messages.MOVES}
