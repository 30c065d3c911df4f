"""Row security of cases, of the access to them, and of their rows."""

from agencies.models import Category
from foundation.sight import By, Is, IsNot, Own, Sql
from foundation.walls import Wall
from victims.models import (
    Assessment,
    Assignment,
    Case,
    CaseAccess,
    CaseText,
    Contact,
    Departure,
    Grant,
    GrantLog,
    Identity,
    Observation,
    Restriction,
)
from victims.models.sight import ROW_BY_ROW, Leads, Sees

_LIVE = "(until IS NULL OR until > now())"
_MINE = (
    "EXISTS (SELECT 1 FROM victims_assignment s WHERE s.case_id = victims_caseaccess.case_id"
    f" AND s.membership_id = nrm.membership(){ROW_BY_ROW})"
)
_ASSIGNED = Sql(
    "EXISTS (SELECT 1 FROM victims_assignment s WHERE s.case_id = {table}.case_id"
    " AND s.membership_id = nrm.membership())"
)

WALLS = [
    Wall.of(
        CaseAccess,
        select=f"agency_id = nrm.desk() AND {_LIVE} AND (NOT restricted AND since >= nrm.arrival() OR {_MINE})",
        worker_select=f"agency_id = nrm.desk() AND {_LIVE} AND current_setting('nrm.kind', true) = 'system'",
    ),
    Wall.of(
        Case,
        insert=Own("lead_id") & By("opened_by_id"),
        # USING level 2, else select_for_update finds nothing; only the lead changes it, never the lead itself (trigger)
        update=Case.sight,
        check=Own("lead_id"),
        rights="SELECT, INSERT, UPDATE",
    ),
    Wall.of(
        Grant,
        # only the lead grants: to itself, or at most what it holds
        insert=(
            "given_by_id = nrm.membership() AND EXISTS (SELECT 1 FROM victims_caseaccess a, auth_permission p"
            " WHERE a.case_id = victims_grant.case_id AND a.agency_id = nrm.desk() AND a.lead"
            " AND (a.until IS NULL OR a.until > now()) AND p.id = victims_grant.permission_id"
            " AND (victims_grant.group_id = nrm.desk() OR (nrm.level_of(p.codename) <= a.level"
            " AND nrm.bit_of(p.codename) & ~a.categories::int = 0)))"
        ),
        # never the grant of the lead: a transfer, withdrawal, relocation or expiry ends it, and sets another lead
        delete=IsNot("ground", "lead") & (Grant.own | Leads("content_object_id")),
        rights="SELECT, INSERT, DELETE",
    ),
    Wall.of(GrantLog),
    # old ones are forgotten by the worker
    Wall.of(Departure, worker_rights="SELECT, DELETE"),
    Wall.of(
        Assignment,
        # and not to a case of the archive: nrm.assignment_not_archived, which sees what was archived meanwhile
        insert=Own() & By() & Sees(),
        delete=Own() & Sees(),
        rights="SELECT, INSERT, DELETE",
    ),
    Wall.of(
        Restriction,
        insert=Own() & By() & Is("archived_at", None) & _ASSIGNED,
        delete=Own() & Is("archived_at", None) & _ASSIGNED,
        rights="SELECT, INSERT, DELETE",
    ),
    Wall.of(
        Identity,
        insert=By("entered_by_id") & Identity.sight & Leads(),
        update=Identity.sight & Leads(),
        check=By("entered_by_id"),
        rights="SELECT, INSERT, UPDATE (data, entered_by_id, entered_at)",
    ),
    Wall.of(
        Contact,
        insert=Sees(2, bit=Category.CONTACT, lead=True),
        update=Contact.sight & Leads(),
        rights="SELECT, INSERT, UPDATE (data)",
    ),
    *[
        Wall.of(model, insert=By() & Sees(3, lead=True), rights="SELECT, INSERT")
        for model in (Observation, Assessment, CaseText)
    ],
]
