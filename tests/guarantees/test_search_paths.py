"""Each function of ours says where its names are looked up, or names nothing that a `search_path` could change.

Who has a password of the application sets the path of each connection. A SET clause of the function takes its place; it
also keeps PostgreSQL from making an SQL function part of the query that calls it, which those of policies and lists
live by. Those have none, and are asked here under an empty path, where a name without its schema is found in no schema
but PostgreSQL's own.
"""

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from tests.roles import as_role

pytestmark = pytest.mark.django_db
PATH = "SET search_path = pg_catalog, public, pg_temp"
# without a SET clause, by reason; each is an expression, or a table, that becomes part of the query around it
INLINED = {
    "who acts, and when: policies ask it of each row, and it is a condition of an index": {
        "agency", "membership", "sight", "arrival", "desk", "context", "transaction", "told", "today",
    },
    "a condition of a policy, or of a query that tells or looks for desks, made of other functions": {
        "came_before_me", "case_barred", "assigned", "reads_alert_desk", "approves", "releases_outside",
        "two_of_a_breach", "breach_hand", "breach_may", "role_waits", "second_levels", "office_of", "alert_clock",
        "alert_clock_after", "clock_due",
    },
    "rows, which the query around joins": {
        "stretches", "shares_open", "cases_read", "desk_wanted", "hold_keepers", "kept_by_alone", "person_cases",
        "alerts_of", "alert_persons", "desk_cases", "seen_by_nobody", "colleagues",
    },
}  # fmt: skip
# all of ours; immutable SQL is a constant, or computed from its arguments by PostgreSQL's own functions
OURS = """
SELECT p.oid, p.proname, p.prosecdef, l.lanname = 'sql' AND p.provolatile = 'i' AND NOT p.prosecdef AS computed,
  l.lanname = 'sql' AND p.provolatile <> 'v' AND NOT p.prosecdef AS inlined
FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
WHERE p.pronamespace IN ('nrm'::regnamespace, 'public'::regnamespace)
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  AND NOT EXISTS (SELECT 1 FROM unnest(p.proconfig) s WHERE s LIKE 'search\\_path=pg\\_catalog, %pg\\_temp')
ORDER BY p.proname
"""


def rows(sql: str, *values) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall()


def loose() -> list[str]:
    """The functions without a path of their own that have no reason for it, or of which a path would change a name."""
    named, found = set().union(*INLINED.values()), []
    for pk, name, _, computed, inlined in rows(OURS):
        if not inlined or not (computed or name in named):
            found.append(f"{name} needs {PATH}")
        elif error := changed(pk):
            found.append(f"{name}: {error}")
    return found


def changed(pk: int) -> str:
    """What is not found of this function under an empty path; nothing when each name has its schema."""
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('search_path', '', true), set_config('check_function_bodies', 'on', true)")
        cursor.execute("SELECT pg_get_functiondef(%s)", [pk])
        [text] = cursor.fetchone()
        try:
            with transaction.atomic():
                cursor.execute(text)
            return ""
        except ProgrammingError as error:
            return str(error).splitlines()[0]
        finally:
            cursor.execute("SET LOCAL search_path = DEFAULT")


def test_no_path_of_a_session_changes_a_function():
    assert loose() == []


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN true; END $$", True),
        ("LANGUAGE sql AS $$ SELECT true $$", True),
        ("LANGUAGE sql STABLE AS $$ SELECT EXISTS (SELECT 1 FROM public.victims_case) $$", True),
        ("LANGUAGE sql IMMUTABLE AS $$ SELECT nrm.today() IS NULL $$", False),
        (f"LANGUAGE plpgsql {PATH} AS $$ BEGIN RETURN true; END $$", False),
        ("LANGUAGE plpgsql SET search_path = public, pg_catalog AS $$ BEGIN RETURN true; END $$", True),
    ],
)
def test_a_new_function_without_a_path_is_named(head, said):
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute(f"CREATE FUNCTION nrm.newcomer() RETURNS boolean {head}")
    assert loose() == ([f"newcomer needs {PATH}"] if said else [])


def test_one_of_these_that_forgets_a_schema_is_named():
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("CREATE OR REPLACE FUNCTION nrm.today() RETURNS date LANGUAGE sql STABLE AS"
                       " $$ SELECT max(at)::date FROM journal_entry $$")  # fmt: skip
    assert loose() == ['today: relation "journal_entry" does not exist']


def test_each_reason_is_that_of_a_function():
    there = {name for _, name, *_ in rows(OURS)}
    assert [name for names in INLINED.values() for name in names - there] == []


@pytest.mark.parametrize("role", ["nrm_app", "nrm_worker"])
def test_nothing_of_ours_has_the_name_of_what_postgresql_brings(role):
    """And the roles make nothing: a path that begins with a schema of ours finds the same functions."""
    said = """
      SELECT DISTINCT proname::text FROM pg_proc WHERE pronamespace = 'nrm'::regnamespace
        AND proname IN (SELECT proname FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace)
      UNION ALL SELECT relname::text FROM pg_class WHERE relnamespace IN ('nrm'::regnamespace, 'public'::regnamespace)
        AND relname IN (
          SELECT relname FROM pg_class WHERE relnamespace NOT IN ('nrm'::regnamespace, 'public'::regnamespace))
      UNION ALL SELECT nspname::text FROM pg_namespace WHERE has_schema_privilege(%s, oid, 'CREATE')
      UNION ALL SELECT current_database()::text
        WHERE has_database_privilege(%s, current_database(), 'CREATE, TEMPORARY')"""
    assert rows(said, role, role) == []
