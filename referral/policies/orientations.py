"""Row security of orientations. A refusal or an end removes the sheet and leaves the moves."""

from foundation.sight import By, Is, Own, Sql
from foundation.walls import Wall
from referral.models import Orientation, OrientationDesk, OrientationMove, OrientationSheet
from referral.models.orientations import DESK, SENT
from victims.models.sight import Leads, Sees

from .desks import DUE_DESK, MY_REQUEST

_DRAFT = SENT & Is("state", "draft")

WALLS = [
    Wall.of(
        Orientation,
        insert=Own("sender_id") & Is("state", "draft") & By("created_by_id") & Leads(),
        update=_DRAFT,
        delete=_DRAFT,
        rights="SELECT, INSERT, UPDATE, DELETE",
    ),
    Wall.of(
        OrientationSheet,
        select=Sql(
            # before its answer the desk reads what the preview showed; afterwards what its grants allow, part by part,
            # so that the end of a grant, or handing on the lead, removes the sheet
            "EXISTS (SELECT 1 FROM referral_orientationdesk d WHERE d.orientation_id ="
            " referral_orientationsheet.orientation_id AND d.agency_id = nrm.desk() AND d.live AND (d.state IN"
            " ('sent', 'opened', 'question') OR EXISTS (SELECT 1 FROM victims_caseaccess a WHERE a.case_id ="
            " referral_orientationsheet.case_id AND a.agency_id = nrm.desk() AND (a.until IS NULL OR a.until > now())"
            " AND a.level >= CASE part WHEN 'file' THEN 3 ELSE 2 END AND nrm.bit_of(part || '_case') &"
            " ~a.categories::int = 0)))"
        )
        | Own("sender_id") & Sees(2),
        insert=SENT,
        # through the orientation's own policy, which handles restricted cases
        delete=Own("sender_id")
        & Sql("EXISTS (SELECT 1 FROM referral_orientation o WHERE o.id = orientation_id AND o.state = 'draft')"),
        rights="SELECT, INSERT, DELETE",
    ),
    Wall.of(
        OrientationMove,
        # written only by nrm.accept, the end of an agreement and a change of lead. A desk that is no longer live
        # passes, so that the trigger can answer WrongState instead of NotAllowed
        insert=By("membership_id")
        & Own()
        & Sql("action NOT IN ('accept', 'withdraw_consent', 'lapse', 'hand_on')")
        & (SENT | DESK | Leads()),
        rights="SELECT, INSERT",
    ),
    Wall.of(
        OrientationDesk,
        select=MY_REQUEST,
        update=MY_REQUEST & Is("live", True),  # only the member in charge inside the agency
        rights="SELECT, UPDATE (in_charge_id)",
        worker_select=DUE_DESK,
    ),
]
