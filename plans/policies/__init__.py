"""Row security of public policy: one module a subject, one list for all. The public reads what is published."""

from . import commitments, coordination, money, plans

WALLS = [*coordination.WALLS, *plans.WALLS, *commitments.WALLS, *money.WALLS]
RIGHTS = {**plans.RIGHTS, **commitments.RIGHTS, **money.RIGHTS}
