"""Row security of all tables of a case: one module per subject, collected here."""

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
