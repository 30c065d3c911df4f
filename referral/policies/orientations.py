"""Row security of orientations. A refusal or an end takes the sheet away and leaves the moves."""

from foundation.walls import Wall
from victims.policies import ROW_BY_ROW, leads, open_to_me, sees

from .desks import DUE_DESK, ME, MY_DESK


def _desk(orientation: str, live: bool = True) -> str:
    return (
        f"EXISTS (SELECT 1 FROM referral_orientationdesk d WHERE d.orientation_id = {orientation}"
        f" AND d.agency_id = nrm.desk(){' AND d.live' if live else ''}{ROW_BY_ROW})"
    )


def _sent(table: str) -> str:
    return f"sender_id = nrm.desk() AND {open_to_me(table + '.case_id')}"


WALLS = [
    Wall(
        "referral_orientation",
        select=(
            f"({_sent('referral_orientation')}) OR {_desk('referral_orientation.id', live=False)}"
            f" OR {sees('referral_orientation.case_id', 3, lead=True, end=ROW_BY_ROW)}"
        ),
        insert=(
            f"sender_id = nrm.desk() AND state = 'draft' AND created_by_id = {ME} AND EXISTS (SELECT 1 FROM"
            " victims_caseaccess a WHERE a.case_id = referral_orientation.case_id AND a.agency_id = nrm.desk()"
            " AND a.lead AND (a.until IS NULL OR a.until > now()))"
        ),
        update=f"{_sent('referral_orientation')} AND state = 'draft'",
        delete=f"{_sent('referral_orientation')} AND state = 'draft'",
        rights="SELECT, INSERT, UPDATE, DELETE",
    ),
    Wall(
        "referral_orientationsheet",
        select=(
            # until it answers the desk reads what the preview showed; afterwards its grants say how far, part by part,
            # so that a grant that ended, or a lead handed on, takes the sheet with it
            "EXISTS (SELECT 1 FROM referral_orientationdesk d WHERE d.orientation_id ="
            " referral_orientationsheet.orientation_id AND d.agency_id = nrm.desk() AND d.live AND (d.state IN"
            " ('sent', 'opened', 'question') OR EXISTS (SELECT 1 FROM victims_caseaccess a WHERE a.case_id ="
            " referral_orientationsheet.case_id AND a.agency_id = nrm.desk() AND (a.until IS NULL OR a.until > now())"
            " AND a.level >= CASE part WHEN 'file' THEN 3 ELSE 2 END AND nrm.bit_of(part || '_case') &"
            " ~a.categories::int = 0)))"
            f" OR (sender_id = nrm.desk() AND {sees('referral_orientationsheet.case_id', 2)})"
        ),
        insert=_sent("referral_orientationsheet"),
        # the orientation by its own policy, which knows of a case kept to some members
        delete="sender_id = nrm.desk() AND EXISTS (SELECT 1 FROM referral_orientation o"
        " WHERE o.id = orientation_id AND o.state = 'draft')",
        rights="SELECT, INSERT, DELETE",
    ),
    Wall(
        "referral_orientationmove",
        select=(
            f"({_sent('referral_orientationmove')}) OR {_desk('referral_orientationmove.orientation_id', live=False)}"
            f" OR {sees('referral_orientationmove.case_id', 3, lead=True, end=ROW_BY_ROW)}"
        ),
        # only nrm.accept, the end of an agreement and the lead's moving on write these. A desk no longer live is let
        # through to the trigger, which tells « not now any more » from « never yours »
        insert=(
            f"membership_id = {ME} AND agency_id = nrm.desk()"
            " AND action NOT IN ('accept', 'withdraw_consent', 'lapse', 'hand_on')"
            f" AND (({_sent('referral_orientationmove')})"
            f" OR {_desk('referral_orientationmove.orientation_id', live=False)}"
            f" OR {leads('referral_orientationmove.case_id')})"
        ),
        rights="SELECT, INSERT",
    ),
    Wall(
        "referral_orientationdesk",
        select=MY_DESK,
        update=f"({MY_DESK}) AND live",  # who takes charge inside the agency, and nothing else
        rights="SELECT, UPDATE (in_charge_id)",
        worker_select=DUE_DESK,
    ),
]
