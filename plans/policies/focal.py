"""Declare row security of focal points: public, but function and contact only for their body and the coordination."""

from foundation.walls import Wall

_OWN = "body_id = nrm.policy_body() AND nrm.policy_state()"


def _point(condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM plans_focalpoint f WHERE f.id = point_id AND ({condition}))"


_CONTACT = _point("f.body_id = nrm.policy_body()") + " AND nrm.policy_state()"
WALLS = [
    Wall(
        "plans_focalpoint",
        select="true",
        insert=f"{_OWN} AND by_id = nrm.membership()",
        update=_OWN,
        rights='SELECT, INSERT, UPDATE ("end")',
    ),
    Wall(
        "plans_focalcontact",
        select=f"nrm.coordinates() OR {_point('f.body_id = nrm.policy_body()')}",
        insert=_CONTACT,
        update=_CONTACT,
        delete=_CONTACT,
        rights="SELECT, INSERT, UPDATE (function, email, phone), DELETE",
    ),
]
