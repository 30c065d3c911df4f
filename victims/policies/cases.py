"""Row security of cases, of the access to them, and of what hangs on them."""

from foundation.walls import Wall

from .sight import leads, open_to_me, sees

_LIVE = "(until IS NULL OR until > now())"
_MINE = "case_id IN (SELECT s.case_id FROM victims_assignment s WHERE s.membership_id = nrm.membership())"
_OWN_GRANT = f"group_id = nrm.desk() AND {open_to_me('victims_grant.case_id')}"

WALLS = [
    Wall(
        "victims_caseaccess",
        select=f"agency_id = nrm.desk() AND {_LIVE} AND (NOT restricted OR {_MINE})",
        worker_select=(f"agency_id = nrm.desk() AND {_LIVE} AND current_setting('nrm.kind', true) = 'system'"),
    ),
    Wall(
        "victims_case",
        select=sees("victims_case.id", 2),
        insert="lead_id = nrm.desk() AND opened_by_id = nrm.membership()",
        # USING level 2, else select_for_update finds nothing; only the lead changes it, and never who leads (trigger)
        update=sees("victims_case.id", 2),
        check="lead_id = nrm.desk()",
        rights="SELECT, INSERT, UPDATE",
    ),
    Wall(
        "victims_grant",
        select=f"({_OWN_GRANT}) OR {sees('victims_grant.case_id', 3, lead=True)}",
        # the lead gives, to itself or at most what it holds
        insert=(
            "given_by_id = nrm.membership() AND EXISTS (SELECT 1 FROM victims_caseaccess a, auth_permission p"
            " WHERE a.case_id = victims_grant.case_id AND a.agency_id = nrm.desk() AND a.lead"
            " AND (a.until IS NULL OR a.until > now()) AND p.id = victims_grant.permission_id"
            " AND (victims_grant.group_id = nrm.desk() OR (nrm.level_of(p.codename) <= a.level"
            " AND nrm.bit_of(p.codename) & ~a.categories::int = 0)))"
        ),
        # never what the lead leads by: a transfer, a withdrawal, a move or the clock end it, and leave a lead
        delete=f"ground <> 'lead' AND (({_OWN_GRANT}) OR {leads('victims_grant.case_id')})",
        rights="SELECT, INSERT, DELETE",
    ),
    Wall(
        "victims_grantlog",
        select=(
            f"nrm.sight() = 'journal' OR (agency_id = nrm.desk() AND {open_to_me('victims_grantlog.case_id')})"
            f" OR {sees('victims_grantlog.case_id', 3, lead=True)}"
        ),
    ),
    Wall(
        "victims_assignment",
        # equality alone: this is what keeps the policies from asking each other
        select="agency_id = nrm.desk()",
        insert=f"agency_id = nrm.desk() AND by_id = nrm.membership() AND {sees('victims_assignment.case_id')}",
        delete=f"agency_id = nrm.desk() AND {sees('victims_assignment.case_id')}",
        rights="SELECT, INSERT, DELETE",
    ),
    Wall(
        "victims_restriction",
        select="agency_id = nrm.desk()",
        insert=(
            "agency_id = nrm.desk() AND by_id = nrm.membership() AND EXISTS (SELECT 1 FROM victims_assignment s"
            " WHERE s.case_id = victims_restriction.case_id AND s.membership_id = nrm.membership())"
        ),
        delete=(
            "agency_id = nrm.desk() AND EXISTS (SELECT 1 FROM victims_assignment s"
            " WHERE s.case_id = victims_restriction.case_id AND s.membership_id = nrm.membership())"
        ),
        rights="SELECT, INSERT, DELETE",
    ),
    Wall(
        "victims_identity",
        select=sees("victims_identity.case_id", 2, bit=1),
        insert=f"entered_by_id = nrm.membership() AND {sees('victims_identity.case_id', 2, bit=1)}"
        f" AND {leads('victims_identity.case_id')}",
        update=f"{sees('victims_identity.case_id', 2, bit=1)} AND {leads('victims_identity.case_id')}",
        check="entered_by_id = nrm.membership()",
        rights="SELECT, INSERT, UPDATE (data, entered_by_id, entered_at)",
    ),
    Wall(
        "victims_contact",
        select=sees("victims_contact.case_id", 2, bit=2),
        insert=sees("victims_contact.case_id", 2, bit=2, lead=True),
        update=f"{sees('victims_contact.case_id', 2, bit=2)} AND {leads('victims_contact.case_id')}",
        rights="SELECT, INSERT, UPDATE (data)",
    ),
    *[
        Wall(
            table,
            select=sees(f"{table}.case_id", 3),
            insert=f"by_id = nrm.membership() AND {sees(f'{table}.case_id', 3, lead=True)}",
            rights="SELECT, INSERT",
        )
        for table in ("victims_observation", "victims_assessment", "victims_casetext")
    ],
]
