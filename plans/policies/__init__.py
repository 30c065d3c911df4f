"""Row security of public policy: one module a subject, one list for all. The public reads what is published."""

from . import commitments, coordination, plans

WALLS = [*coordination.WALLS, *plans.WALLS, *commitments.WALLS]
RIGHTS = {**plans.RIGHTS, **commitments.RIGHTS}
