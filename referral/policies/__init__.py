"""Row security of the mechanism: one module a subject, one list for all."""

from . import alerts, calls, clients, figures, imports, legal, matches, messages, orientations, situations

WALLS = [
    *alerts.WALLS,
    *orientations.WALLS,
    *messages.WALLS,
    *figures.WALLS,
    *calls.WALLS,
    *clients.WALLS,
    *legal.WALLS,
    *imports.WALLS,
    *situations.WALLS,
    *matches.WALLS,
]

__all__ = ["WALLS"]
