"""Row security of requisitions: persons of the agency that received one alone; what was decided is added to it."""

from foundation.sight import By, Is, Own, Rule, column
from foundation.walls import Wall
from victims.models import Requisition, RequisitionMove
from victims.models.sight import Leads, Person, Sees


class Entrusted(Rule):
    """The acting agency holds the file of the case by something else than emergency access, which anybody takes by a
    reference and which would let one hour and an invented demand keep the case from outside."""

    def sql(self, model):
        return (
            "EXISTS (SELECT 1 FROM victims_grant g JOIN auth_permission p ON p.id = g.permission_id"
            f" WHERE g.case_id = {model._meta.db_table}.{column(model, 'case_id')} AND g.group_id = nrm.desk()"
            " AND g.ground <> 'break_glass' AND nrm.level_of(p.codename) >= 3 AND (g.until IS NULL OR g.until > now()))"
        )


NEW = Is("state", "open") & Is("ended_at", None)
WALLS = [
    Wall.of(
        Requisition,
        insert=Person() & By() & Own() & NEW & (Leads() | Sees(3) & Entrusted()),
        rights="SELECT, INSERT",
    ),
    Wall.of(RequisitionMove, insert=By() & RequisitionMove.sight, rights="SELECT, INSERT"),
]
