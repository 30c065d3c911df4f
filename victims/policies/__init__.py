"""Row security of everything that hangs on a case: one module a subject, one list for all."""

from . import cases
from .sight import leads, open_to_me, sees

WALLS = [*cases.WALLS]

__all__ = ["WALLS", "leads", "open_to_me", "sees"]
