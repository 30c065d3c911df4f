"""Row security of the mechanism: one module a subject, one list for all."""

from . import alerts, clients, orientations

WALLS = [*alerts.WALLS, *orientations.WALLS, *clients.WALLS]

__all__ = ["WALLS"]
