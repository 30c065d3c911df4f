"""Row security of everything that hangs on a case: one module a subject, one list for all."""

from . import agreements, cases, categories, emergencies, episodes, history, matching, statements
from .sight import leads, open_to_me, sees

WALLS = [
    *cases.WALLS,
    *emergencies.WALLS,
    *episodes.WALLS,
    *matching.WALLS,
    *agreements.WALLS,
    *categories.WALLS,
    *statements.WALLS,
    *history.WALLS,
]

__all__ = ["WALLS", "leads", "open_to_me", "sees"]
