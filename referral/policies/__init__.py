"""Row security of the mechanism: one module per subject, collected here."""

from . import (
    alerts,
    calls,
    case_moves,
    clients,
    exports,
    figures,
    imports,
    legal,
    matches,
    messages,
    orientations,
    procedures,
    situations,
    survey,
)

WALLS = [
    *alerts.WALLS,
    *orientations.WALLS,
    *messages.WALLS,
    *figures.WALLS,
    *calls.WALLS,
    *case_moves.WALLS,
    *clients.WALLS,
    *exports.WALLS,
    *legal.WALLS,
    *imports.WALLS,
    *procedures.WALLS,
    *situations.WALLS,
    *matches.WALLS,
    *survey.WALLS,
]
