"""Row security of alerts. Contents are separate: a redirection removes them and leaves the moves."""

from foundation.sight import By, Is, SightIs, Sql
from foundation.walls import Wall
from referral.models import (
    Alert,
    AlertAddition,
    AlertContact,
    AlertContent,
    AlertDesk,
    AlertLink,
    AlertMove,
    DeskAnswer,
)
from referral.models.moves import Addressed
from victims.models.sight import Leads, Sees

from .desks import DUE_DESK, MY_ALERT, MY_LIVE_ALERT


def _author(more: str = "") -> Sql:
    """Return the condition that the acting member wrote the alert of the row."""
    return Sql(
        "EXISTS (SELECT 1 FROM referral_alert x WHERE x.id = {table}.alert_id"
        f" AND x.author_id = nrm.membership(){more})"
    )


_LIVE_DESK = Addressed("AlertDesk", here="alert_id", live=True)
_OWN_DRAFT = By("author_id") & Is("state", "draft")
_OF_MY_DRAFT = _author(" AND x.state = 'draft'")
_FROM_HERE = Sql("agency_id = nrm.agency()")

WALLS = [
    Wall.of(
        Alert,
        insert=_OWN_DRAFT & _FROM_HERE & SightIs("own", "case"),
        update=_OWN_DRAFT,
        check=_OWN_DRAFT & _FROM_HERE,
        delete=_OWN_DRAFT,
        rights="SELECT, INSERT, UPDATE, DELETE",
    ),
    *[
        Wall.of(
            model,
            select=select,
            insert=_OF_MY_DRAFT,
            update=_OF_MY_DRAFT,
            delete=_OF_MY_DRAFT,
            rights="SELECT, INSERT, UPDATE, DELETE",
        )
        for model, select in ((AlertContent, _author() | _LIVE_DESK), (AlertContact, _author()))
    ],
    Wall.of(
        AlertDesk,
        select=MY_ALERT,
        update=MY_LIVE_ALERT,  # only the member in charge inside the agency
        rights="SELECT, UPDATE (in_charge_id)",
        worker_select=DUE_DESK,
    ),
    Wall.of(
        AlertAddition,
        select=_author()
        | _LIVE_DESK
        | Sql(
            "EXISTS (SELECT 1 FROM referral_alertlink l WHERE l.alert_id = referral_alertaddition.alert_id"
            f" AND {Sees(3).of('l.case_id')})"
        ),
        insert=By() & _author(" AND x.state <> 'draft'"),
        rights="SELECT, INSERT",
    ),
    Wall.of(
        AlertMove,
        # add, add_on, follow, reach, resume and settle are written by triggers alone
        insert=By("membership_id")
        & _FROM_HERE
        & Sql("action NOT IN ('add', 'add_on', 'follow', 'reach', 'resume', 'settle')")
        & (_author() | _LIVE_DESK),
        rights="SELECT, INSERT",
    ),
    Wall.of(DeskAnswer, insert=By() & _FROM_HERE & _LIVE_DESK, rights="SELECT, INSERT"),
    Wall.of(
        AlertLink,
        # only by the agency that handles the alert, to a case it leads: the author follows the case through a link, and
        # so would anybody who could make one after losing access. Never to a closed case, where nobody would read it
        insert=Leads()
        & Sql("EXISTS (SELECT 1 FROM victims_case c WHERE c.id = case_id AND c.status <> 'closed')")
        & Sql(
            "EXISTS (SELECT 1 FROM referral_alertdesk d WHERE d.alert_id = referral_alertlink.alert_id"
            " AND d.agency_id = nrm.desk() AND d.live AND d.taken_by_id = nrm.desk())"
        ),
        rights="SELECT, INSERT",
    ),
]
