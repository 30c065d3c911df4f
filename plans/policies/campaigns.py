"""Declare row security of campaigns: opened by the coordination.

A draft is read by its body only; the coordination reads what was handed over.
"""

from foundation.walls import Wall
from plans.models import Campaign, CampaignAnswer, CampaignDraft, CampaignReminder

_AS_MYSELF = "agency_id = nrm.policy_agency() AND by_id = nrm.membership()"
_MINE = "body_id = nrm.state_body()"

WALLS = [
    Wall.of(
        Campaign,
        insert=f"nrm.coordinates() AND {_AS_MYSELF}",
        update="nrm.coordinates()",
        rights="SELECT, INSERT, UPDATE (closes, note, told_at, reminded_at)",
    ),
    Wall.of(
        CampaignDraft,
        insert=f"{_MINE} AND saved_by_id = nrm.membership()",
        update=_MINE,
        check=f"{_MINE} AND saved_by_id = nrm.membership()",
        delete=_MINE,
        rights="SELECT, INSERT, UPDATE (content, version, saved_at, saved_by_id, given_to_id, given_note), DELETE",
    ),
    Wall.of(CampaignAnswer, insert=f"{_MINE} AND {_AS_MYSELF}", rights="SELECT, INSERT"),
    Wall.of(CampaignReminder, insert=f"nrm.coordinates() AND {_AS_MYSELF}", rights="SELECT, INSERT"),
]
