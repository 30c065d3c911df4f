"""What the lines of `expected/definers_cases.csv` run."""

from .definers import Call

LOOKS = {
    "access": """
        SELECT format('#%s %s of %s%s%s%s%s', agency_id, (ARRAY['state', 'summary', 'file'])[level], case_id,
               CASE WHEN categories > 0 THEN ' with ' || categories END, CASE WHEN lead THEN ' as lead' END,
               CASE WHEN restricted THEN ' kept' END, CASE WHEN until IS NOT NULL THEN ' for a time' END)
        FROM victims_caseaccess WHERE until IS NULL OR until > now()""",
    "grounds": "SELECT DISTINCT format('#%s holds %s by %s%s', group_id, case_id, ground,"
    " CASE WHEN given_at < now() - interval '1 day' THEN ' of old' END) FROM victims_grant",
    "told": "SELECT format('%s is told of %s', kind, subject_id) FROM notifications_event",
    "places": "SELECT format('#%s knows %s in %s', agency_id, case_id, territory_id) FROM victims_caseaccess"
    " WHERE until IS NULL OR until > now()",
    "cases": "SELECT format('%s %s led by #%s with #%s in %s', id, status, lead_id, coordination_id, territory_id)"
    " FROM victims_case",
    "requests": "SELECT format('%s %s', id, state) FROM referral_orientation",
    "contacts": "SELECT format('contact of %s on %s', source_id, case_id) FROM victims_contact",
    "assigned": "SELECT format('~%s is assigned to %s', membership_id, case_id) FROM victims_assignment",
    "alert_desks": "SELECT format('%s waits at #%s', alert_id, agency_id) FROM referral_alertdesk WHERE live",
}
CALLS = {
    "break_glass": Call(
        "SELECT nrm.break_glass(gen_random_uuid(), %(reference)s, %(reason)s, '\\x00')",
        looks=("access",),
        words={
            "reference": "@case.reference",
            "reason": "@long",
            "confidential": "@nobody",
            "noted": "@nobody",
            "writer": "@asylum",
            "sort": "message",
        },  # fmt: skip
        before="UPDATE victims_case SET asylum_confidential = true WHERE id = %(confidential)s;"
        " INSERT INTO victims_timelineentry (id, case_id, agency_id, by_id, at, placed_at, current, sort, data)"
        " SELECT gen_random_uuid(), c.id, %(writer)s::int, c.opened_by_id, now(), now(), true, %(sort)s, ''"
        " FROM victims_case c WHERE c.id = %(noted)s",
    ),
    "still_sees": Call(
        "SELECT nrm.still_sees(%(member)s, %(noun)s, %(target)s)",
        words={"member": "", "noun": "", "target": "@unknown"},
        role="nrm_worker",
    ),
    "i_still_see": Call("SELECT nrm.i_still_see(%(noun)s, %(target)s)", words={"noun": "case", "target": "@case"}),
    "came_before_actor": Call("SELECT nrm.came_before_actor(%(case)s)", words={"case": "@case"}),
    "follows_alert": Call("SELECT nrm.follows_alert(%(alert)s)", words={"alert": "@alert:main"}),
    "accept_follows": Call(
        "SELECT nrm.accept(%(request)s, gen_random_uuid(), NULL)",
        looks=("assigned",),
        words={"request": "@request:wanted"},
    ),
    "watched": Call(
        "SELECT noun, subject_id, '#' || agency_id, CASE WHEN silent THEN 'silent' ELSE 'recent' END,"
        " CASE WHEN opened_at IS NOT NULL THEN 'opened' ELSE 'unopened' END FROM nrm.watched()"
        " WHERE noun = 'orientation' OR subject_id IN (%(one)s, %(two)s, %(three)s, %(four)s)",
        words={"one": "@alert:silent", "two": "@alert:kept", "three": "@alert:passed", "four": "@alert:settled"},
    ),
    "journal_references": Call(
        "SELECT id FROM nrm.journal_references(ARRAY[%(target)s]::uuid[])", words={"target": "@case"}
    ),
    "journal_ids": Call("SELECT noun, id FROM nrm.journal_ids(%(said)s)", words={"said": "@case.reference"}),
    "accept": Call(
        "SELECT nrm.accept(%(request)s, gen_random_uuid(), NULL)",
        looks=("access", "grounds", "cases", "requests", "contacts", "alert_desks", "told"),
        words={"request": "@request:wanted", "agreement": "@nobody", "sender": "@nobody", "office": "", "me": "@sent"},
        before="UPDATE referral_orientation SET consent_id = COALESCE(%(agreement)s::uuid, consent_id),"
        " sender_id = COALESCE(%(sender)s::int, sender_id) WHERE id = %(request)s;"
        " UPDATE agencies_agency SET office = %(office)s WHERE group_id = %(me)s",
    ),
    "move_case": Call(
        "SELECT '#' || nrm.move_case(%(case)s, %(place)s)",
        looks=("access", "grounds", "places", "cases", "requests", "alert_desks"),
        words={"case": "@case", "place": "13", "hour": "@nobody"},
        before="SELECT nrm.give(%(case)s, %(hour)s, 2, 0, 'break_glass', %(case)s, now() + interval '1 hour')"
        " WHERE %(hour)s::int IS NOT NULL",
    ),
}
