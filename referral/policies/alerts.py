"""Row security of alerts. Contents stand apart: a redirection takes them away and leaves the moves."""

from foundation.walls import Wall
from victims.policies import leads, sees

from .desks import DUE_DESK, ME, MY_DESK


def _alert_desk(alert: str, live: bool = True) -> str:
    return (
        f"EXISTS (SELECT 1 FROM referral_alertdesk d WHERE d.alert_id = {alert} AND d.agency_id = nrm.desk()"
        f"{' AND d.live' if live else ''})"
    )


def _author(alert: str, draft: bool = False) -> str:
    return (
        f"EXISTS (SELECT 1 FROM referral_alert x WHERE x.id = {alert} AND x.author_id = {ME}"
        f"{' AND x.state = ' + chr(39) + 'draft' + chr(39) if draft else ''})"
    )


_OWN_DRAFT = f"author_id = {ME} AND state = 'draft'"

WALLS = [
    Wall(
        "referral_alert",
        select=(
            f"(author_id = {ME} AND nrm.sight() IN ('own', 'case'))"
            f" OR (agency_id = nrm.desk() AND state <> 'draft') OR {_alert_desk('referral_alert.id', live=False)}"
        ),
        insert=f"{_OWN_DRAFT} AND agency_id = nrm.agency() AND nrm.sight() IN ('own', 'case')",
        update=_OWN_DRAFT,
        check=f"{_OWN_DRAFT} AND agency_id = nrm.agency()",
        delete=_OWN_DRAFT,
        rights="SELECT, INSERT, UPDATE, DELETE",
    ),
    Wall(
        "referral_alertcontent",
        select=f"{_author('referral_alertcontent.alert_id')} OR {_alert_desk('referral_alertcontent.alert_id')}",
        insert=_author("referral_alertcontent.alert_id", draft=True),
        update=_author("referral_alertcontent.alert_id", draft=True),
        delete=_author("referral_alertcontent.alert_id", draft=True),
        rights="SELECT, INSERT, UPDATE, DELETE",
    ),
    Wall(
        "referral_alertcontact",
        select=_author("referral_alertcontact.alert_id"),
        insert=_author("referral_alertcontact.alert_id", draft=True),
        update=_author("referral_alertcontact.alert_id", draft=True),
        delete=_author("referral_alertcontact.alert_id", draft=True),
        rights="SELECT, INSERT, UPDATE, DELETE",
    ),
    Wall(
        "referral_alertdesk",
        select=MY_DESK,
        update=f"({MY_DESK}) AND live",  # who takes charge inside the agency, and nothing else
        rights="SELECT, UPDATE (in_charge_id)",
        worker_select=DUE_DESK,
    ),
    Wall(
        "referral_alertaddition",
        select=(
            f"{_author('referral_alertaddition.alert_id')} OR {_alert_desk('referral_alertaddition.alert_id')}"
            " OR EXISTS (SELECT 1 FROM referral_alertlink l WHERE l.alert_id = referral_alertaddition.alert_id"
            f" AND {sees('l.case_id', 3)})"
        ),
        insert=(
            f"by_id = {ME} AND EXISTS (SELECT 1 FROM referral_alert x WHERE x.id = referral_alertaddition.alert_id"
            f" AND x.author_id = {ME} AND x.state <> 'draft')"
        ),
        rights="SELECT, INSERT",
    ),
    Wall(
        "referral_alertmove",
        select="EXISTS (SELECT 1 FROM referral_alert x WHERE x.id = referral_alertmove.alert_id)",  # by its own policy
        insert=f"membership_id = {ME} AND agency_id = nrm.agency() AND ({_author('referral_alertmove.alert_id')}"
        f" OR {_alert_desk('referral_alertmove.alert_id')})",
        rights="SELECT, INSERT",
    ),
    Wall(
        "referral_alertlink",
        select=sees("referral_alertlink.case_id", 2),
        # to a case it leads, by the agency that took the alert up: through a link the author follows the case, and
        # whoever could make one would follow it after its own access ended
        insert=(
            f"{leads('referral_alertlink.case_id')} AND EXISTS (SELECT 1 FROM referral_alertdesk d"
            " WHERE d.alert_id = referral_alertlink.alert_id AND d.agency_id = nrm.desk() AND d.live"
            " AND d.taken_by_id = nrm.desk())"
        ),
        rights="SELECT, INSERT",
    ),
]
