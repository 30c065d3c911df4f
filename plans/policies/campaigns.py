"""Declare row security of campaigns: opened by the coordination.

A draft is read by its body only; the coordination reads what was handed over.
"""

from foundation.walls import Wall

_AS_MYSELF = "agency_id = nrm.policy_agency() AND by_id = nrm.membership()"
_READ = "body_id = nrm.policy_body() OR nrm.coordinates() OR nrm.audits_money()"
_MINE = "body_id = nrm.state_body()"

WALLS = [
    Wall(
        "plans_campaign",
        select="nrm.policy_agency() IS NOT NULL OR nrm.audits_money()",
        insert=f"nrm.coordinates() AND {_AS_MYSELF}",
        update="nrm.coordinates()",
        rights="SELECT, INSERT, UPDATE (closes, note, told_at, reminded_at)",
    ),
    Wall(
        "plans_campaigndraft",
        select=_MINE,
        insert=f"{_MINE} AND saved_by_id = nrm.membership()",
        update=_MINE,
        check=f"{_MINE} AND saved_by_id = nrm.membership()",
        delete=_MINE,
        rights="SELECT, INSERT, UPDATE (content, version, saved_at, saved_by_id, given_to_id, given_note), DELETE",
    ),
    Wall("plans_campaignanswer", select=_READ, insert=f"{_MINE} AND {_AS_MYSELF}", rights="SELECT, INSERT"),
    Wall("plans_campaignreminder", select=_READ, insert=f"nrm.coordinates() AND {_AS_MYSELF}", rights="SELECT, INSERT"),
]
