"""Calls of the triggers above the walls: bare statements of the tables' owner, so that no policy refuses first."""

from .definers import Call


def added(table: str, **columns: str) -> str:
    """Return an INSERT of these columns; a value is SQL, a word of the line when it stands as `:word`."""
    values = ", ".join(f"%({said[1:]})s" if said.startswith(":") else said for said in columns.values())
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values})"


ME = "nrm.membership()"
MOVE = {
    "id": "gen_random_uuid()",
    "action": ":action",
    "before": ":before",
    "after": ":after",
    "membership_id": ME,
    "agency_id": ":agency",
    "at": "clock_timestamp()",
    "reason": ":reason",
    "to_agencies": "'{}'",
}
LOOKS = {
    "demands": "SELECT format('#%s must answer about %s%s%s', q.agency_id, q.case_id,"
    " CASE WHEN q.reference <> c.reference THEN ' misnamed' END, CASE WHEN q.at < '2002-01-01' THEN ' of old' END)"
    " FROM victims_requisition q JOIN victims_case c ON c.id = q.case_id",
    "decided": "SELECT format('%s %s%s', id, state, CASE WHEN ended_at > '2002-01-01' THEN ', over' END)"
    " FROM victims_requisition UNION ALL SELECT format('decision of %s%s', requisition_id,"
    " CASE WHEN at < '2002-01-01' THEN ' of old' END) FROM victims_requisitionmove"
    " UNION ALL SELECT format('#%s told of %s', agencies[1], subject_id) FROM notifications_event"
    " WHERE kind = 'answer_decided'",
    "team": "SELECT format('~%s works on %s%s%s', s.membership_id, s.case_id,"
    " CASE WHEN s.at > now() THEN ' from an hour to come' END,"
    " CASE WHEN s.received_at <> c.received_at THEN ' in another order' END)"
    " FROM victims_assignment s JOIN victims_case c ON c.id = s.case_id",
    "worked": "SELECT format('somebody of #%s works on %s', agency_id, case_id) FROM victims_caseaccess WHERE assigned",
    "entries": "SELECT format('%s %s', id, CASE WHEN current THEN 'stands' ELSE 'was corrected' END)"
    " FROM victims_timelineentry",
    "kept": "SELECT format('#%s has %s kept', agency_id, alert_id) FROM referral_alertdesk WHERE kept_cases IS NOT NULL"
    " UNION ALL SELECT format('#%s has %s kept', agency_id, orientation_id) FROM referral_orientationdesk"
    " WHERE kept_cases IS NOT NULL"
    " UNION ALL SELECT format('#%s wrote %s kept', agency_id, id) FROM referral_alert WHERE kept_cases IS NOT NULL",
    "gone": "SELECT format('%s %s is gone for #%s', noun, thing, agency_id) FROM victims_departure",
    "warned": "SELECT format('%s warns of immunity', id) FROM victims_case WHERE employer_immunity"
    " UNION ALL SELECT format('%s warns of asylum', id) FROM victims_case WHERE asylum_confidential",
}


def guard(sql: str, *looks: str, first: str = "", **words: str) -> Call:
    return Call(sql, looks, words, first, role="nrm_owner")


CALLS = {
    "requisition_made": guard(
        added(
            "victims_requisition",
            id="gen_random_uuid()",
            case_id=":case",
            reference="'x'",
            agency_id=":agency",
            by_id=ME,
            at="'2001-01-01'",
            received_on="'2026-01-31'",
            data="'\\x00'",
            state="'open'",
        ),
        "demands",
        case="@plain",
        agency="@neighbour",
    ),
    "requisition_moved": guard(
        added(
            "victims_requisitionmove",
            id="gen_random_uuid()",
            requisition_id=":demand",
            state=":state",
            by_id=ME,
            at="'2001-01-01'",
            data="'\\x00'",
        ),
        "decided",
        first="UPDATE victims_requisition SET state = %(was)s, ended_at = CASE WHEN %(was)s IN ('answered', 'refused')"
        " THEN now() END WHERE id = %(demand)s",
        demand="@demanded:file",
        was="open",
        state="refused",
    ),
    "grant_within_bounds": guard(
        "INSERT INTO victims_grant (case_id, group_id, permission_id, ground, ground_id, given_at)"
        " SELECT %(case)s, %(agency)s, id, 'legal', %(case)s, now() FROM auth_permission WHERE codename = %(right)s",
        "access",
        "grounds",
        case="@plain",
        agency="@neighbour",
        right="file_case",
    ),
    "grant_discreet": guard(
        "INSERT INTO victims_grant (case_id, group_id, permission_id, ground, ground_id, given_at)"
        " SELECT %(case)s, %(agency)s, id, %(ground)s, %(case)s, now() FROM auth_permission"
        " WHERE codename = 'status_case'",
        "grounds",
        first="UPDATE victims_case SET asylum_confidential = true WHERE id = %(confidential)s",
        confidential="@plain",
        case="@plain",
        agency="@offence",
        ground="legal",
    ),
    "case_born": guard(
        "INSERT INTO victims_case (id, reference, status, form, age_side, urgency, territory_id, language, persons,"
        " lead_id, coordination_id, opened_by_id, received_at, closure_reason, employer_immunity,"
        " asylum_confidential) SELECT"
        " gen_random_uuid(), 'BORN-CASE', status, form, age_side, urgency, territory_id, language, persons, %(lead)s,"
        " coordination_id, opened_by_id, now(), closure_reason, employer_immunity, asylum_confidential"
        " FROM victims_case WHERE id = %(like)s",
        "access",
        "grounds",
        lead="@neighbour",
        like="@plain",
    ),
    "assignment_guard": guard(
        added("victims_assignment", case_id=":case", agency_id=":agency", membership_id=":member", at=":at", by_id=ME),
        "team",
        at="now",
        case="@case",
        agency="@file",
        member="@file.member",
    ),
    "assignments_added": guard(
        added(
            "victims_assignment", case_id=":case", agency_id=":agency", membership_id=":member", at="now()", by_id=ME
        ),
        "worked",
        case="@own",
        agency="@lead",
        member="@lead.member",
    ),
    "assignments_ended": guard(
        "DELETE FROM victims_assignment WHERE case_id = %(case)s AND membership_id = %(member)s",
        "worked",
        first="INSERT INTO victims_assignment (case_id, agency_id, membership_id, at, by_id)"
        " SELECT %(case)s, agency_id, id, now(), id FROM agencies_membership WHERE id = %(stays)s"
        " ON CONFLICT DO NOTHING",
        case="@case",
        member="@file.member",
        stays="@file.member",
    ),
    "member_left": guard(
        "UPDATE agencies_membership SET active = false WHERE id = %(member)s", "worked", member="@file.member"
    ),
    "member_back": guard(
        "UPDATE agencies_membership SET active = true WHERE id = %(member)s",
        "worked",
        first="UPDATE agencies_membership SET active = false WHERE id = %(member)s",
        member="@file.member",
    ),
    "same_case": guard(
        added(
            "victims_episode",
            id="gen_random_uuid()",
            case_id=":case",
            replaces_id=":replaces",
            data="'\\x00'",
            by_id=ME,
            at="now()",
        ),
        case="@case",
        replaces="@episode",
    ),
    "written": guard(
        added(
            "victims_timelineentry",
            id="gen_random_uuid()",
            case_id=":case",
            agency_id=":agency",
            by_id=ME,
            at="now()",
            placed_at="now()",
            replaces_id=":replaces",
            current="true",
            sort=":sort",
            data="'\\x00'",
        ),
        "entries",
        case="@case",
        agency="@lead",
        replaces="@nobody",
        sort="message",
    ),
    "case_moved": guard(
        added("referral_casemove", case_id=":case", **MOVE),
        "access",
        "grounds",
        "places",
        "cases",
        "requests",
        "told",
        case="@own",
        action="start_support",
        before="open",
        after="in_support",
        agency="@lead",
        reason="",
    ),
    "restriction_changed": guard(
        added("victims_restriction", case_id=":case", agency_id=":agency", at="now()", by_id=ME),
        "access",
        "kept",
        "gone",
        case="@case",
        agency="@file",
    ),
    "restriction_lifted": guard(
        "DELETE FROM victims_restriction WHERE case_id = %(case)s AND agency_id = %(agency)s",
        "access",
        "kept",
        case="@case",
        agency="@kept_in",
    ),
}
