"""Lay cases, requests, alerts and notices of a given number in SQL, with members of many agencies to read them.

Used by `./run bench lists` and by tests/guarantees/test_plans.py. The owner inserts with triggers disabled: rows are as
triggers leave them where lists and policies read them.
"""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import Group
from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper

from agencies.models import Agency, Desk, Kind, Membership, Role, Service, Territory, User
from referral.charter.words import VERSION

MOST = 300  # cases a member is assigned to, but for the one of the hard case
BATCH = 5000
BIG_TABLES = (
    "victims_caseaccess",
    "victims_case",
    "referral_alertdesk",
    "referral_orientation",
    "referral_orientationdesk",
    "notifications_notice",
)
LAID = (
    *BIG_TABLES,
    "victims_assignment",
    "victims_restriction",
    "victims_grant",
    "victims_grantlog",
    "referral_alert",
    "notifications_event",
    "victims_timelineentry",
    "agencies_membership",
    "agencies_user",
    "agencies_agency",
)
# The first agency gets a third of the rows, the others ever fewer: the large one is where an ordered scan is lost.
ONE = """
CREATE OR REPLACE FUNCTION pg_temp.one(agencies int[]) RETURNS int LANGUAGE sql VOLATILE AS
$$ SELECT agencies[CASE WHEN random() < 0.35 THEN 1
                        ELSE 2 + floor(power(random(), 3) * (cardinality(agencies) - 1))::int END] $$
"""
CASES = """
INSERT INTO victims_case (id, reference, status, form, age_side, urgency, territory_id, language, persons, lead_id,
                          coordination_id, opened_by_id, received_at, closure_reason, employer_immunity,
                          asylum_confidential)
SELECT gen_random_uuid(), 'L' || lpad(i::text, 9, '0'), s.status, 'unknown', 'adult', 'normal', '75', '', 1,
       pg_temp.one(%(agencies)s), (%(agencies)s)[1], %(reader)s, now() - random() * interval '900 days',
       CASE s.status WHEN 'closed' THEN 'other' ELSE '' END, false, false
FROM generate_series(1, %(rows)s) AS i,
LATERAL (SELECT (ARRAY['open', 'in_support', 'follow_up', 'closed'])[1 + i %% 4]) AS s(status)
"""
HELD = """
CREATE TEMPORARY TABLE held ON COMMIT DROP AS
SELECT lead_id AS agency_id, received_at, id AS case_id, 3 AS level, random() < 0.03 AS restricted, true AS lead,
       reference, status, form, territory_id, urgency FROM victims_case
UNION ALL
SELECT other, received_at, id, 1 + floor(random() * 2)::int, random() < 0.03, false, reference, status, form,
       territory_id, urgency
FROM (SELECT *, pg_temp.one(%(agencies)s) AS other FROM victims_case) AS c WHERE other <> lead_id
"""
# after the assignments, of which each row knows whether there is any
ACCESS = """
INSERT INTO victims_caseaccess (agency_id, received_at, since, case_id, level, categories, restricted, lead, assigned,
                                reference, status, form, territory_id, urgency, position, changed_at)
SELECT h.agency_id, h.received_at, h.received_at, h.case_id, h.level, 0, h.restricted, h.lead, s.case_id IS NOT NULL,
       h.reference, h.status, h.form, h.territory_id, h.urgency, 0, now()
FROM held h LEFT JOIN (SELECT DISTINCT case_id, agency_id FROM victims_assignment) s USING (case_id, agency_id)
"""
GRANTS = """
INSERT INTO victims_grant (case_id, group_id, permission_id, ground, ground_id, given_by_id, given_at)
SELECT a.case_id, a.agency_id, p.id, CASE WHEN a.lead THEN 'lead' ELSE 'orientation' END, a.case_id, %(reader)s,
       a.received_at
FROM victims_caseaccess a JOIN auth_permission p ON nrm.level_of(p.codename) = a.level
JOIN django_content_type t ON t.id = p.content_type_id AND (t.app_label, t.model) = ('victims', 'case')
"""
GRANT_LOGS = """
INSERT INTO victims_grantlog (at, ended, case_id, agency_id, permission, ground, ground_id, membership_id)
SELECT g.given_at, false, g.case_id, g.group_id, p.codename, g.ground, g.ground_id, g.given_by_id
FROM victims_grant g JOIN auth_permission p ON p.id = g.permission_id
"""
# the reader on few cases whatever the size, one colleague on a tenth of all cases, nine of ten cases to somebody
ASSIGNMENTS = """
INSERT INTO victims_assignment (case_id, agency_id, membership_id, at, by_id, received_at)
(SELECT case_id, agency_id, %(reader)s, now(), %(reader)s, received_at FROM held
 WHERE agency_id = (%(agencies)s)[1] ORDER BY random() LIMIT %(most)s)
UNION ALL
(SELECT case_id, agency_id, %(hard)s, now(), %(reader)s, received_at FROM held
 WHERE agency_id = (%(agencies)s)[1] ORDER BY random() LIMIT %(rows)s / 10)
UNION ALL
SELECT case_id, agency_id, member, now(), member, received_at FROM (
  SELECT a.case_id, a.agency_id, a.received_at, m.member, row_number() OVER (PARTITION BY m.member) AS number
  FROM held a JOIN (
    SELECT agency_id, array_agg(id ORDER BY id) AS members FROM agencies_membership
    WHERE id NOT IN (%(reader)s, %(hard)s) GROUP BY 1
  ) AS team USING (agency_id),
  LATERAL (SELECT team.members[1 + floor(random() * cardinality(team.members))::int] AS member
           WHERE a.case_id IS NOT NULL) AS m
  WHERE random() < 0.9
) AS each WHERE number <= %(most)s
"""
RESTRICTIONS = """
INSERT INTO victims_restriction (case_id, agency_id, at, by_id)
SELECT case_id, agency_id, now(), %(reader)s FROM victims_caseaccess WHERE restricted
"""
# an alert has the id of the case made of it
ALERTS = """
INSERT INTO referral_alert (id, reference, author_id, agency_id, state, territory_id, form, age_side, urgency,
                            agreement, persons, case_status, step, created_at, saved_at, sent_at,
                            employer_immunity, stays_kept, position, changed_at)
SELECT id, 'M' || substr(reference, 2), %(author)s, (%(agencies)s)[2], 'sent', '75', form, age_side,
       urgency, 'yes', 1, '', 4, received_at, received_at, received_at, false, false, 0, now() FROM victims_case
"""
ALERT_DESKS = """
INSERT INTO referral_alertdesk (alert_id, agency_id, live, answers, due_at, answer_by, state, rung, received_at,
                                reference, urgency, age_side, form, territory_id, answer, position, changed_at,
                                stays_kept, kept_cases)
SELECT a.id, a.desk, a.live, true, CASE WHEN a.waits THEN a.due END, a.due, a.state, 0, a.sent_at, a.reference,
       a.urgency, a.age_side, a.form, a.territory_id, '', 0, now(), false,
       CASE WHEN r.case_id IS NOT NULL THEN ARRAY[r.case_id] END
FROM (SELECT x.*, pg_temp.one(%(agencies)s) AS desk, random() < 0.8 AS live, random() < 0.5 AS waits,
             now() + (random() - 0.2) * interval '9 days' AS due FROM referral_alert x) AS a
LEFT JOIN victims_restriction r ON r.case_id = a.id AND r.agency_id = a.desk
"""
ORIENTATIONS = """
INSERT INTO referral_orientation (id, reference, case_id, sender_id, addressee_id, verb, state, service_id, urgency,
                                  legal_ground, level, categories, exclusive, created_by_id, created_at, sent_at,
                                  due_at, answer_by, position, changed_at)
SELECT gen_random_uuid(), 'R' || substr(c.reference, 2), c.id, c.lead_id,
       (%(agencies)s)[CASE c.lead_id WHEN (%(agencies)s)[1] THEN 2 ELSE 1 END], 'refer', s.state, %(service)s, 'normal',
       'vital_danger', 2, 0, false, %(author)s, c.received_at, c.received_at,
       s.due, s.due, 0, now()
FROM victims_case c,
LATERAL (SELECT (ARRAY['sent', 'accepted', 'completed', 'declined'])[1 + floor(random() * 4)::int]
         WHERE c.id IS NOT NULL) AS t(state),
LATERAL (SELECT t.state, CASE t.state WHEN 'sent' THEN now() + (random() - 0.2) * interval '9 days' END)
  AS s(state, due)
"""
# rows at the desk of each addressee: to answer, in progress, ended
ORIENTATION_DESKS = """
INSERT INTO referral_orientationdesk (orientation_id, agency_id, live, answers, due_at, answer_by, state, received_at,
                                      reference, urgency, case_id, position, changed_at, kept_cases)
SELECT o.id, o.addressee_id, o.state IN ('sent', 'accepted'), true, o.due_at, o.answer_by, o.state, o.sent_at,
       o.reference, o.urgency, o.case_id, 0, now(), CASE WHEN r.case_id IS NOT NULL THEN ARRAY[r.case_id] END
FROM referral_orientation o
LEFT JOIN victims_restriction r ON r.case_id = o.case_id AND r.agency_id = o.addressee_id
"""
EVENTS = """
INSERT INTO notifications_event (id, kind, subject, subject_id, reference, audience, agencies, at, fanned_at)
SELECT id, 'case_addition', 'case', id, reference, '{lead}', '{}', received_at, received_at FROM victims_case
"""
# one notice a case: to the one with most cases, the reader, or a member of the agency that leads it
NOTICES = """
INSERT INTO notifications_notice (event_id, membership_id, channel, state, kind, subject, subject_id, reference, at,
                                  as_author, attempts, position, changed_at)
SELECT e.id, CASE WHEN c.lead_id = (%(agencies)s)[1] AND random() < 0.2
                  THEN CASE WHEN random() < 0.5 THEN %(reader)s ELSE %(hard)s END ELSE m.member END,
       'app', 'sent', e.kind, e.subject, e.subject_id, e.reference, e.at, false, 0, 0, now()
FROM notifications_event e JOIN victims_case c ON c.id = e.subject_id
JOIN (SELECT agency_id, min(id) FILTER (WHERE id NOT IN (%(reader)s, %(hard)s)) AS member FROM agencies_membership
      GROUP BY 1) AS m ON m.agency_id = c.lead_id
"""
# one entry a case, and three hundred on one that the reader sees
THREAD = """
INSERT INTO victims_timelineentry (id, case_id, agency_id, by_id, at, placed_at, current, sort, data)
SELECT gen_random_uuid(), id, lead_id, %(author)s, received_at, received_at, true, 'message', '\\x00'::bytea
FROM victims_case
UNION ALL
SELECT gen_random_uuid(), case_id, agency_id, %(author)s, at, at, true, 'message', '\\x00'::bytea
FROM (SELECT case_id, agency_id, now() - n * interval '1 hour' AS at FROM generate_series(1, 300) AS n,
      (SELECT case_id, agency_id FROM victims_caseaccess WHERE agency_id = (%(agencies)s)[1] AND lead AND NOT restricted
       ORDER BY received_at DESC LIMIT 1) AS newest) AS many
"""


@dataclass(frozen=True)
class Crowd:
    """Hold who reads: members of the largest agency, which has half of all cases."""

    reader: Membership  # assigned to 300 cases at most
    hard: Membership  # assigned to a tenth of all cases
    busy: UUID  # a case they see, with three hundred entries in its thread


def lay(rows: int, agencies: int = 400, members: int = 20_000, using: str = "owner") -> Crowd:
    """Fill a database without cases with `rows` of them; return who reads."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        people = _people(agencies, members, using)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SELECT setseed(0.5)")
        values = {"rows": rows, "most": MOST, **people}
        indexes = _drop_indexes(cursor)
        for statement in (
            *(ONE, CASES, HELD, ASSIGNMENTS, ACCESS, GRANTS, GRANT_LOGS, RESTRICTIONS, ALERTS, ALERT_DESKS),
            *(ORIENTATIONS, ORIENTATION_DESKS, EVENTS, NOTICES, THREAD),
        ):
            cursor.execute(statement, values)
        for index in indexes:
            cursor.execute(index)
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute(f"ANALYZE {', '.join(LAID)}")
        cursor.execute("SELECT case_id FROM victims_timelineentry GROUP BY 1 ORDER BY count(*) DESC LIMIT 1")
        (busy,) = cursor.fetchone()
    found = Membership.objects.using(using).select_related("agency").in_bulk([people["reader"], people["hard"]])
    return Crowd(found[people["reader"]], found[people["hard"]], busy)


def _drop_indexes(cursor: CursorWrapper) -> list[str]:
    """Drop the indexes that no constraint stands on; return the statements that make them again, at once."""
    cursor.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
        " WHERE i.indrelid = ANY(%s::regclass[]) AND NOT EXISTS ("
        "   SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
        [list(LAID)],
    )
    found = cursor.fetchall()
    for name, _made in found:
        cursor.execute(f"DROP INDEX {name}")
    return [made for _name, made in found]


def _people(agencies: int, members: int, using: str) -> dict:
    """Make agencies with a desk and their members, a tenth of them in the first; return the ids SQL needs."""
    Territory.objects.using(using).get_or_create(
        code="75", defaults={"sort": "department", "label_fr": "Paris", "label_en": "Paris"}
    )
    need, _ = Service.objects.using(using).get_or_create(code="safe_housing", defaults={"label_fr": "Hébergement"})
    units = []
    for number in range(agencies):
        group = Group.objects.using(using).create(name=f"agency:list-{number}")
        agency = Agency(group=group, code=f"list-{number}", name=f"Unité fictive {number}", kind=Kind.NGO)
        agency.save(using=using, force_insert=True)
        Desk.objects.using(using).create(agency=agency)
        units.append(agency.pk)
    users = User.objects.using(using).bulk_create(
        (
            User(email=f"liste{number}@exemple.invalid", full_name=f"Agent fictif {number}", charter=VERSION)
            for number in range(members)
        ),
        batch_size=BATCH,
    )
    # the reader and the hard case come first
    teams = [
        units[0] if number < 3 + members // 10 else units[1 + number % (agencies - 1)] for number in range(members)
    ]
    made = Membership.objects.using(using).bulk_create(
        (
            Membership(user=user, agency_id=unit, roles=[Role.CASE_WORKER])
            for user, unit in zip(users, teams, strict=True)
        ),
        batch_size=BATCH,
    )
    author = next(member for member in made if member.agency_id == units[1])
    return {
        "agencies": units,
        "reader": made[0].pk,
        "hard": made[1].pk,
        "author": author.pk,
        "service": need.pk,
    }
