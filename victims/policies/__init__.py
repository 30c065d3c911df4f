"""Row security of everything that hangs on a case: one module a subject, one list for all."""

from . import cases, emergencies, episodes
from .sight import leads, open_to_me, sees

WALLS = [*cases.WALLS, *emergencies.WALLS, *episodes.WALLS]

__all__ = ["WALLS", "leads", "open_to_me", "sees"]
