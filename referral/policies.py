"""Row security of alerts and orientations. Contents stand apart: a refusal or a redirection takes them away and leaves
the moves."""

from agencies.walls import Wall
from victims.policies import open_to_me, sees

_ME = "nrm.membership()"


def _alert_desk(alert: str, live: bool = True) -> str:
    return (
        f"EXISTS (SELECT 1 FROM referral_alertdesk d WHERE d.alert_id = {alert} AND d.agency_id = nrm.desk()"
        f"{' AND d.live' if live else ''})"
    )


def _desk(orientation: str, live: bool = True) -> str:
    return (
        f"EXISTS (SELECT 1 FROM referral_orientationdesk d WHERE d.orientation_id = {orientation}"
        f" AND d.agency_id = nrm.desk(){' AND d.live' if live else ''})"
    )


def _author(alert: str, draft: bool = False) -> str:
    return (
        f"EXISTS (SELECT 1 FROM referral_alert x WHERE x.id = {alert} AND x.author_id = {_ME}"
        f"{' AND x.state = ' + chr(39) + 'draft' + chr(39) if draft else ''})"
    )


_MY_DESK = (
    "agency_id = nrm.desk() AND (kept_case IS NULL OR kept_case IN"
    f" (SELECT s.case_id FROM victims_assignment s WHERE s.membership_id = {_ME}))"
)
# due work acts for the agency as a whole; what it may read is given to the worker's role alone
_DUE_DESK = "agency_id = nrm.desk() AND current_setting('nrm.kind', true) = 'system'"


def _sent(table: str) -> str:
    return f"sender_id = nrm.desk() AND {open_to_me(table + '.case_id')}"


_OWN_DRAFT = f"author_id = {_ME} AND state = 'draft'"

WALLS = [
    Wall(
        "referral_alert",
        select=(
            f"(author_id = {_ME} AND nrm.sight() IN ('own', 'case'))"
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
    Wall("referral_alertdesk", select=_MY_DESK, worker_select=_DUE_DESK),
    Wall(
        "referral_alertmove",
        select=(
            f"{_author('referral_alertmove.alert_id')} OR {_alert_desk('referral_alertmove.alert_id', live=False)}"
            " OR EXISTS (SELECT 1 FROM referral_alert x WHERE x.id = referral_alertmove.alert_id"
            " AND x.agency_id = nrm.desk())"
        ),
        insert=f"membership_id = {_ME} AND agency_id = nrm.agency() AND ({_author('referral_alertmove.alert_id')}"
        f" OR {_alert_desk('referral_alertmove.alert_id')})",
        rights="SELECT, INSERT",
    ),
    Wall(
        "referral_alertlink",
        select=sees("referral_alertlink.case_id", 2),
        insert=f"{sees('referral_alertlink.case_id', 2)} AND ({_alert_desk('referral_alertlink.alert_id')}"
        f" OR {_author('referral_alertlink.alert_id')})",
        rights="SELECT, INSERT",
    ),
    Wall(
        "referral_orientation",
        select=(
            f"({_sent('referral_orientation')}) OR {_desk('referral_orientation.id', live=False)}"
            f" OR {sees('referral_orientation.case_id', 3, lead=True)}"
        ),
        insert=(
            f"sender_id = nrm.desk() AND state = 'draft' AND created_by_id = {_ME} AND EXISTS (SELECT 1 FROM"
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
            " ('sent', 'opened') OR EXISTS (SELECT 1 FROM victims_caseaccess a WHERE a.case_id ="
            " referral_orientationsheet.case_id AND a.agency_id = nrm.desk() AND (a.until IS NULL OR a.until > now())"
            " AND a.level >= CASE part WHEN 'file' THEN 3 ELSE 2 END AND nrm.bit_of(part || '_case') &"
            " ~a.categories::int = 0)))"
            f" OR (sender_id = nrm.desk() AND {sees('referral_orientationsheet.case_id', 2)})"
        ),
        insert=_sent("referral_orientationsheet"),
        delete=f"{_sent('referral_orientationsheet')} AND EXISTS (SELECT 1 FROM referral_orientation o"
        " WHERE o.id = orientation_id AND o.state = 'draft')",
        rights="SELECT, INSERT, DELETE",
    ),
    Wall(
        "referral_orientationmove",
        select=(
            f"({_sent('referral_orientationmove')}) OR {_desk('referral_orientationmove.orientation_id', live=False)}"
            f" OR {sees('referral_orientationmove.case_id', 3, lead=True)}"
        ),
        # only nrm.accept and the withdrawal of the agreement write these two
        insert=(
            f"membership_id = {_ME} AND agency_id = nrm.desk() AND after NOT IN ('accepted', 'consent_withdrawn')"
            f" AND (({_sent('referral_orientationmove')}) OR {_desk('referral_orientationmove.orientation_id')})"
        ),
        rights="SELECT, INSERT",
    ),
    Wall("referral_orientationdesk", select=_MY_DESK, worker_select=_DUE_DESK),
    Wall(
        "referral_clientkey",
        select=f"membership_id = {_ME}",
        insert=f"membership_id = {_ME}",
        # a key is forgotten after seven days, never before: a replay within them must find it
        delete=f"membership_id = {_ME} AND at < now() - interval '7 days'",
        rights="SELECT, INSERT, DELETE",
    ),
]
