"""Seed a database of a given size in SQL, and check the query plans of the daily lists.

Used by `manage.py explain_lists` and by tests/guarantees/test_plans.py. The owner inserts with triggers disabled; plans
are taken as the application, behind the policies.
"""

import re

from django.contrib.auth.models import Group
from django.db import connections
from django.db.models import QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan

from agencies.models import Agency, Desk, Kind, Level, Membership, Role, Service, Territory, User
from referral.desk import filters as desk_filters
from victims.models import CaseAccess

AGENCIES = 32
PAGE = 26
WORK = ("with_us", "unassigned", "mine", "awaited", "by_us", "sent", "received", "under_way", "ended")
BIG_TABLES = (
    "victims_caseaccess",
    "victims_case",
    "referral_alertdesk",
    "referral_orientation",
    "referral_orientationdesk",
)
SEEDED = (*BIG_TABLES, "victims_assignment", "victims_restriction", "referral_alert")

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
       pg_temp.one(%(agencies)s), (%(agencies)s)[1], %(member)s, now() - random() * interval '900 days',
       CASE s.status WHEN 'closed' THEN 'other' ELSE '' END, false, false
FROM generate_series(1, %(rows)s) AS i,
LATERAL (SELECT (ARRAY['open', 'in_support', 'follow_up', 'closed'])[1 + (i * 7919) %% 4]) AS s(status)
"""
ACCESS = """
INSERT INTO victims_caseaccess (agency_id, received_at, since, case_id, level, categories, restricted, lead, reference,
                                status, form, territory_id, urgency, position, changed_at)
SELECT lead_id, received_at, received_at, id, 3, 0, random() < 0.03, true, reference, status, form, territory_id,
       urgency, 0, now() FROM victims_case
UNION ALL
SELECT pg_temp.one(%(agencies)s), received_at, received_at, id, 1 + floor(random() * 2)::int, 0, random() < 0.03,
       false, reference, status, form, territory_id, urgency, 0, now() FROM victims_case
ON CONFLICT DO NOTHING
"""
ASSIGNMENTS = """
INSERT INTO victims_assignment (case_id, agency_id, membership_id, at, by_id)
SELECT case_id, agency_id, %(member)s, now(), %(member)s FROM victims_caseaccess
WHERE agency_id = (%(agencies)s)[1] AND random() < 0.3
"""
RESTRICTIONS = """
INSERT INTO victims_restriction (case_id, agency_id, at, by_id)
SELECT case_id, agency_id, now(), %(member)s FROM victims_caseaccess WHERE restricted
"""
ALERTS = """
INSERT INTO referral_alert (id, reference, author_id, agency_id, state, territory_id, form, age_side, urgency,
                            agreement, persons, case_status, step, created_at, saved_at, sent_at,
                            employer_immunity, position, changed_at)
SELECT gen_random_uuid(), 'M' || substr(reference, 2), %(member)s, (%(agencies)s)[2], 'sent', '75', form, age_side,
       urgency, 'yes', 1, '', 4, received_at, received_at, received_at, false, 0, now() FROM victims_case
"""
DESKS = """
INSERT INTO referral_alertdesk (alert_id, agency_id, live, answers, due_at, answer_by, state, rung, received_at,
                                reference, urgency, age_side, form, territory_id, answer, position, changed_at)
SELECT id, pg_temp.one(%(agencies)s), random() < 0.4, true, due, due, state, 0,
       sent_at, reference, urgency, age_side, form, territory_id, '', 0, now()
FROM referral_alert, LATERAL (SELECT now() + (random() - 0.2) * interval '9 days' AS due WHERE id IS NOT NULL) AS d
"""
ORIENTATIONS = """
INSERT INTO referral_orientation (id, reference, case_id, sender_id, addressee_id, verb, state, service_id, urgency,
                                  legal_ground, level, categories, exclusive, created_by_id, created_at, sent_at,
                                  due_at, answer_by, position, changed_at)
SELECT gen_random_uuid(), 'R' || substr(c.reference, 2), c.id, c.lead_id,
       (%(agencies)s)[CASE c.lead_id WHEN (%(agencies)s)[1] THEN 2 ELSE 1 END], 'refer', s.state, %(service)s, 'normal',
       'vital_danger', 2, 0, false, %(member)s, c.received_at, c.received_at,
       s.due, s.due, 0, now()
FROM victims_case c,
LATERAL (SELECT (ARRAY['sent', 'accepted', 'completed', 'declined'])[1 + length(c.status) %% 4]) AS t(state),
LATERAL (SELECT t.state, CASE t.state WHEN 'sent' THEN now() + (random() - 0.2) * interval '9 days' END)
  AS s(state, due)
"""
# rows at the desk of each addressee: to answer, in progress, ended
ORIENTATION_DESKS = """
INSERT INTO referral_orientationdesk (orientation_id, agency_id, live, answers, due_at, answer_by, state, received_at,
                                      reference, urgency, case_id, position, changed_at)
SELECT id, addressee_id, state IN ('sent', 'accepted'), true, due_at, answer_by, state, sent_at, reference, urgency,
       case_id, 0, now()
FROM referral_orientation
"""


def seed(rows: int, using: str = "owner") -> Membership:
    """Fill a database without cases; return a member of the largest agency."""
    with connections[using].cursor() as cursor:
        for table in SEEDED:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        values = {"rows": rows, **_people(using)}
        for statement in (
            ONE,
            CASES,
            ACCESS,
            RESTRICTIONS,
            ASSIGNMENTS,
            ALERTS,
            DESKS,
            ORIENTATIONS,
            ORIENTATION_DESKS,
        ):
            cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in SEEDED:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            cursor.execute(f"ANALYZE {table}")
    return Membership.objects.using(using).select_related("agency").get(pk=values["member"])


def _people(using: str) -> dict:
    Territory.objects.using(using).get_or_create(
        code="75", defaults={"sort": "department", "label_fr": "Paris", "label_en": "Paris"}
    )
    agencies = []
    for number in range(AGENCIES):
        group = Group.objects.using(using).create(name=f"agency:list-{number}")
        agency = Agency(group=group, code=f"list-{number}", name=f"Unité fictive {number}", kind=Kind.NGO)
        agency.save(using=using, force_insert=True)
        Desk.objects.using(using).create(agency=agency)
        agencies.append(agency.pk)
    user = User.objects.using(using).create(email="liste@exemple.invalid", full_name="Agent fictif")
    member = Membership.objects.using(using).create(user=user, agency_id=agencies[0], roles=[Role.CASE_WORKER])
    need, _ = Service.objects.using(using).get_or_create(code="safe_housing", defaults={"label_fr": "Hébergement"})
    return {"agencies": agencies, "member": member.pk, "service": need.pk}


def lists(actor) -> dict[str, QuerySet]:
    """Return the queries of the lists, as pages and API write them."""
    cases = CaseAccess.objects.of(actor, Level.SUMMARY).select_related("case").order_by("-received_at", "-case_id")
    inbox = desk_filters.alerts_to_handle(actor).order_by("answer_by", "id")
    middle = cases.values_list("received_at", "case_id")[cases.count() // 2]
    return {
        "cases, newest": cases[:PAGE],
        "cases of one state": cases.filter(status="in_support")[:PAGE],
        "cases, half way down": cases.filter(TupleLessThan(Tuple("received_at", "case_id"), middle))[:PAGE],
        "cases by state only": CaseAccess.objects.of(actor).order_by("-received_at", "-case_id")[:PAGE],
        "inbox by time left": inbox[:PAGE],
        **{f"work: {code}": _work(code, actor) for code in WORK},
    }


def _work(code: str, actor) -> QuerySet:
    """Return one page of a work list; a received orientation also reads its service and sender."""
    listed = desk_filters.LISTS[code]
    rows = listed.rows(actor)
    if listed.noun == "request":
        rows = rows.select_related("orientation__sender", "orientation__service", "in_charge__user")
    names = [rows.model._meta.get_field(name).attname for name in listed.keyset.columns]
    return rows.order_by(*(f"-{name}" if listed.keyset.descending else name for name in names))[:PAGE]


def faults(plan: str) -> list[str]:
    """Return what a plan of these lists must not contain.

    A policy may gather a few rows of a small table (restricted cases) at once; lists, and what grows with them, are
    read in order, and subqueries are run per row.
    """
    scans = ("Seq Scan on", "Bitmap Heap Scan on")
    found = [f"a {scan} {table}" for scan in scans for table in BIG_TABLES if f"{scan} {table} " in plan]
    found += [f"all rows of {table} gathered" for table in BIG_TABLES if f" on {table} " in "\n".join(_gathered(plan))]
    return found + [word for word in ("Sort  (",) if word in plan]


def _gathered(plan: str) -> list[str]:
    """Return the first line of each hashed subplan: all its rows are read beforehand."""
    lines, hashed = plan.splitlines(), set(re.findall(r"hashed (SubPlan \d+)", plan))
    return [after for line, after in zip(lines, lines[1:], strict=False) if line.strip() in hashed]
