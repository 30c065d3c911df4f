"""Row security of everything that hangs on a case: one module a subject, one list for all."""

from . import (
    agreements,
    cases,
    categories,
    emergencies,
    entries,
    episodes,
    history,
    links,
    matching,
    needs,
    statements,
)

WALLS = [
    *cases.WALLS,
    *emergencies.WALLS,
    *episodes.WALLS,
    *matching.WALLS,
    *agreements.WALLS,
    *categories.WALLS,
    *statements.WALLS,
    *entries.WALLS,
    *needs.WALLS,
    *links.WALLS,
    *history.WALLS,
]
