"""Declare row security of admissions: read and proposed by the coordination, decided by a function."""

from foundation.sql_values import constant
from foundation.walls import Wall
from plans.models import Admission
from plans.models.bodies import CIVIL_SOCIETY

FUNCTIONS = [constant("nrm.civil_society", sorted(CIVIL_SOCIETY))]
WALLS = [
    Wall.of(
        Admission,
        insert=(
            "nrm.coordinates() AND by_id = nrm.membership() AND agency_id = nrm.agency() AND state = 'proposed'"
            " AND decided_by_id IS NULL AND admitted_id IS NULL AND first_id IS NULL"
        ),
        rights="SELECT, INSERT",
    ),
]
