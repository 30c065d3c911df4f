"""The walls themselves: no table left out, no right too many, nothing above them."""

import csv
import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, connections

from foundation import walls
from tests.roles import as_role

from .advice import ROOT, file_of_wall
from .asked import refusal, rows
from .reach import reaching, unprotected

pytestmark = pytest.mark.django_db
RIGHTS = {row["table"]: row for row in csv.DictReader((Path(__file__).parent / "expected" / "rights.csv").open())}
UNWALLED = [table for table, row in RIGHTS.items() if row["worker"] == "no wall"]  # read by everybody
# The ways in from outside, a question that answers yes or no, three that answer public numbers only, and two that
# answer references to whoever reads the journal.
ENTRANCES = {"accept", "break_glass", "i_still_see", "import_touched", "move_case", "undo_import", "watched"} | {
    # asked by policies about the acting member: was a case there before, is a case of an alert assigned
    "came_before_actor",
    "follows_alert",
    "ask_desk",
    "ask_powers",
    "attendance_figures",
    "participation_figures",
    "signal_figures",
    "open_archive",
    "own_password",
    "own_references_taken",
    "report_owed",
    "use_code",
    "link_provider",
    "linked_person",
    "journal_ids",
    "journal_references",
    # the coordination's, on who asks to take part
    "decide_admission",
    "decide_desk",
    "decide_evaluation",
    "decide_member",
    "first_code",
    # an administrator's acts on the own desk and the members of the own agency
    "decide_hold",  # confirm that a case is kept, or that it is kept no longer
    "ask_factor",
    "ask_files",
    "invite_member",
    "make_program",
    "renew_secret",
    "cut_program",
    "set_program_scopes",
    "set_program_key",
    "cut_program_key",
    "keep_sandbox",
    "reset_sandbox",
    "end_sandbox",
    "sandbox_of",
    "make_hook",
    "pause_hook",
    "test_hook",
    "replay_hook",
    "renew_hook_secret",
    "delete_hook",
    "make_code",
    "held_before",  # whether one's own agency kept this case
    "what_keeps",  # whether, and until when, a case of which one reads the summary is kept, never by what
    "may_decide_hold",  # whether oneself may do this with a hold
    "may_inherit",
    "unseen_cases",
    "member_load",
    "set_member",
    "signed_context",
    "switch_off_member",
    "switch_on_member",
    "strengthen",
    "note_sign_in",
    "tell_locked",
}


# -- no table left out ------------------------------------------------------------------------------------------------
def test_every_table_that_leads_to_a_case_has_a_policy():
    assert not (left_out := unprotected()), "\n".join(left_out)


@pytest.mark.parametrize("column", ["case_id uuid REFERENCES victims_case", "alert_id uuid", "move uuid REFERENCES x"])
def test_a_forgotten_table_is_named_with_what_to_do(column):
    with as_role("nrm_owner"), connection.cursor() as cursor:
        if column.startswith("move"):  # two steps away
            column = column.replace("x", "referral_orientationmove")
        cursor.execute(f"CREATE TABLE victims_forgotten (id int, {column})")
        cursor.execute("ALTER TABLE victims_forgotten ENABLE ROW LEVEL SECURITY")  # not enough without a policy
    (said,) = [line for line in unprotected() if line.startswith("victims_forgotten reaches ")]
    assert said.endswith("beside those of its subject; see docs/architecture.md")
    (name,) = re.findall(r"in WALLS of (\S+),", said)
    assert name.startswith("victims/policies/") and (ROOT / name).is_file()


def test_the_walk_finds_what_it_should():
    """Direct keys, keys of keys, keys without a constraint, and columns that only carry the name."""
    found = set(reaching())
    assert {"victims_caseaccess", "victims_grantlog", "journal_entry", "referral_alertlink", "victims_grant"} <= found
    assert not {"agencies_agency", "agencies_membership", "notifications_notice", "indicators_catalogue"} & found


# -- what is declared stands ------------------------------------------------------------------------------------------
def test_what_is_declared_stands_in_the_database():
    """Row security on, each policy there with its verb and its roles, and none besides."""
    found: dict[str, set] = {}
    for table, name, verb, roles in rows("SELECT tablename, policyname, cmd, roles::text FROM pg_policies"):
        found.setdefault(table, set()).add((name, verb, roles))
    on = {name for (name,) in rows("SELECT relname FROM pg_class WHERE relrowsecurity")}
    wanted = {}
    for wall in walls.declared()[0]:
        lines = {("select_", "SELECT", "{nrm_app,nrm_worker}")}
        for text, name, verb in ((wall.insert, "insert_", "INSERT"), (wall.update, "update_", "UPDATE")):
            lines |= {(name, verb, "{nrm_app,nrm_worker}")} if text else set()
        lines |= {("delete_", "DELETE", "{nrm_app,nrm_worker}")} if wall.delete else set()
        lines |= {("worker_select_", "SELECT", "{nrm_worker}")} if wall.worker_select else set()
        lines |= {(f"signed_{verb.lower()}_", verb, "{nrm_app,nrm_worker}") for verb in ("INSERT", "UPDATE", "DELETE")}
        lines |= {("system_", "ALL", "{nrm_worker}")} if wall.system else set()
        wanted[wall.table] = lines
    assert found == wanted
    assert on == set(wanted)


def test_the_declaration_has_every_line_it_should():
    """A dropped line of a policies.py makes this fail: the verbs that have a policy are in a file written by hand."""
    declared = {
        wall.table: [bool(wall.insert), bool(wall.update), bool(wall.delete), bool(wall.worker_select)]
        for wall in walls.declared()[0]
    }
    verbs = ("insert", "update", "delete", "worker")
    expected = {
        table: [bool(row[verb]) and not row[verb].endswith("*") for verb in verbs] for table, row in RIGHTS.items()
    }
    different = [
        f"{table}: {'/'.join(verbs)} declared {declared.get(table)}, expected {expected.get(table)}: "
        + (
            f"put the line back in {file_of_wall(table)}, or change tests/guarantees/expected/rights.csv and say why"
            if table in expected
            else "the table is new: write its line in tests/guarantees/expected/rights.csv"
        )
        for table in sorted({*declared, *expected} - {*UNWALLED})
        if declared.get(table) != expected.get(table)
    ]
    assert not different, "\n".join(different)
    assert all(wall.system for wall in walls.declared()[0])


def test_a_change_of_walls_takes_each_table_on_which_it_makes_a_trigger():
    """One that is new in a release would wait for its table while others are held."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname LIKE 'nrm\\_%' AND NOT t.tgisinternal AND t.tgparentid = 0"
        )
        there = {table for (table,) in cursor.fetchall()}
    assert {"agencies_session", "agencies_user", "oauth2_provider_accesstoken"} <= there
    looped = {
        table for table in there if table.startswith("indicators_")
    }  # by a loop of indicators/sql, for all its tables
    assert walls.triggered(walls.sources()) | looped == there


def test_walls_raised_twice_change_nothing():
    assert walls.raise_walls("owner") is False


# -- no right too many ------------------------------------------------------------------------------------------------
def granted(role: str) -> dict[tuple[str, str], set[str]]:
    """Return what a role of the application may do: (table, verb) -> {"all"} or columns; without a right, not there."""
    found: dict[tuple[str, str], set[str]] = {}
    tables = "c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace"
    whole = f"""SELECT c.relname, v.verb FROM pg_class c, unnest('{{SELECT,INSERT,UPDATE,DELETE}}'::text[]) AS v (verb)
                WHERE {tables} AND has_table_privilege(%s, c.oid, v.verb)"""
    for table, verb in rows(whole, [role]):
        found[table, verb.lower()] = {"all"}
    columns = f"""SELECT c.relname, x.privilege_type, a.attname
                  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid, aclexplode(a.attacl) x
                  WHERE {tables} AND x.grantee = %s::regrole"""
    for table, verb, column in rows(columns, [role]):
        found.setdefault((table, verb.lower()), set()).add(column)
    return found


def expected_right(text: str, role: str) -> set[str]:
    """Return `all` or columns. `*`: only the worker's system mode can use it. `**`: a right of the worker's role alone;
    beside one, a word without it is a right of the application's role alone."""
    words = text.split()
    apart = any(word.endswith("**") for word in words)
    mine = [word for word in words if not apart or word.endswith("**") == (role == "nrm_worker")]
    return {word.rstrip("*") for word in mine}


def test_rights_are_those_of_the_file():
    """Each verb on each table, column by column, of the tables with a wall and of those read by everybody."""
    different = []
    for role in walls.ROLES:
        found = granted(role)
        different += [
            f"{table}: {verb} is granted to {role} on {' '.join(sorted(found.get((table, verb), {'nothing'})))}, and"
            f" tests/guarantees/expected/rights.csv says {row[verb] or 'nothing'}"
            for table, row in RIGHTS.items()
            for verb in ("select", "insert", "update", "delete")
            if found.get((table, verb), set()) != expected_right(row[verb], role)
        ]
    declared = {wall.table for wall in walls.declared()[0]} | {*walls.declared()[1]}
    different += [
        f"{table} has no line in tests/guarantees/expected/rights.csv: add its name, then all, columns or nothing under"
        " each verb, whether a policy is the worker's alone, and why"
        for table in sorted(declared - {*RIGHTS})
    ]
    assert not different, "\n".join(different)


def test_nobody_truncates_and_nobody_owns():
    for privilege in ("TRUNCATE", "REFERENCES", "TRIGGER"):
        sql = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        for role in walls.ROLES:
            assert rows(f"{sql} AND has_table_privilege(%s, oid, %s)", [role, privilege]) == []
    owners = "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    assert rows(owners) == [("nrm_owner",)]
    powers = "SELECT rolname FROM pg_roles WHERE rolname LIKE 'nrm\\_%%' AND (rolsuper OR rolbypassrls)"
    # it copies the whole database; the services that make backups alone have its password
    assert rows(powers) == [("nrm_backup",)]
    for verb in ("INSERT", "UPDATE", "DELETE"):
        written = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        assert rows(f"{written} AND has_table_privilege('nrm_backup', oid, %s)", [verb]) == []
    members = "SELECT 1 FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = ANY(%s)"
    assert rows(members, [walls.ROLES]) == []


FORBIDDEN = [
    "CREATE TABLE public.mine (id int)",
    "CREATE FUNCTION nrm.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION nrm.desk() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "ALTER TABLE victims_case DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE victims_grant DISABLE TRIGGER ALL",
    "DROP POLICY select_ ON victims_case",
    "CREATE POLICY mine ON victims_case USING (true)",
    "TRUNCATE journal_entry",
    "UPDATE journal_entry SET action = 'x'",
    "DELETE FROM journal_entry",
    "UPDATE django_migrations SET name = 'x'",
    "INSERT INTO victims_caseaccess SELECT * FROM victims_caseaccess",
    "DELETE FROM victims_grantlog",
    "UPDATE referral_alertdesk SET live = true",
    "UPDATE referral_orientationdesk SET live = true",
    "UPDATE agencies_agency SET max_level = 3",
    "UPDATE agencies_membership SET roles = '{case_worker}'",
    "INSERT INTO agencies_membership (agency_id) VALUES (1)",
    "UPDATE agencies_user SET password = 'x'",
    "UPDATE agencies_user SET is_active = true",
    "INSERT INTO agencies_user (email) VALUES ('x')",
    "SELECT until FROM agencies_activationcode",
    "INSERT INTO agencies_activationcode (user_id) VALUES (1)",
    "UPDATE agencies_activationcode SET until = now()",
    "DELETE FROM agencies_activationcode",
    "SELECT nrm.shut_account(1)",
    "SELECT nrm.write_code(1, repeat('0', 64))",
    "SELECT nrm.give(NULL, 1, 3, 31, 'lead', NULL, NULL)",
    "SELECT nrm.refresh('{}')",
    "SELECT nrm.recompute('{}')",
    "SELECT nrm.fall_back('{}')",
    "SELECT nrm.wanted_access('{}')",
    "SET session_replication_role = replica",
]


@pytest.mark.parametrize("role", walls.ROLES)
def test_what_the_roles_cannot_do(role):
    """Said as the role itself: 42501, insufficient privilege."""
    with as_role(role):
        said = {sql: refusal(sql) for sql in FORBIDDEN}
    obeyed = [f"{role}: « {sql} » is answered {code or 'by doing it'}" for sql, code in said.items() if code != "42501"]
    assert not obeyed, "\n".join(obeyed)
    # the tests' own login may take any role; a login of these roles may not
    assert rows("SELECT pg_has_role(%s, 'nrm_owner', 'MEMBER')", [role]) == [(False,)]


def test_functions_above_the_walls_are_closed():
    sql = """SELECT p.proname, has_function_privilege('nrm_app', p.oid, 'EXECUTE'), p.prosecdef, p.proconfig::text,
             EXISTS (SELECT 1 FROM aclexplode(p.proacl) x WHERE x.grantee = 0)
             FROM pg_proc p WHERE p.pronamespace = 'nrm'::regnamespace"""
    found = rows(sql)
    assert {name for name, open_, definer, *_ in found if definer and open_} == ENTRANCES == set(walls.ENTRANCES)
    assert [name for name, *_, public in found if public] == []
    loose = [name for name, _, definer, config, _ in found if definer and "pg_temp" not in (config or "")]
    assert loose == [], "a definer function needs SET search_path = pg_catalog, public, pg_temp"
    outside = """SELECT p.proname FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner WHERE p.prosecdef
                 AND p.pronamespace = 'public'::regnamespace AND p.prorettype <> 'trigger'::regtype
                 AND has_function_privilege('nrm_app', p.oid, 'EXECUTE') AND r.rolname = 'nrm_owner'"""
    assert rows(outside) == [], "a definer function outside the schema nrm is not closed by foundation/walls.py"


def views_above_the_walls() -> list[str]:
    sql = """SELECT relname FROM pg_class WHERE relnamespace IN ('public'::regnamespace, 'nrm'::regnamespace)
             AND (relkind = 'm' OR (relkind = 'v'
                  AND NOT COALESCE(reloptions, '{}') && '{security_invoker=true,security_invoker=on}'))
             ORDER BY relname DESC"""
    return [
        f"{name} is read with its owner's rights: CREATE VIEW … WITH (security_invoker = true)" for (name,) in rows(sql)
    ]


def test_no_view_is_above_the_walls():
    assert views_above_the_walls() == []
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("CREATE VIEW open_cases AS SELECT id FROM victims_case")
        cursor.execute("CREATE VIEW shut_cases WITH (security_invoker = true) AS SELECT id FROM victims_case")
        cursor.execute("CREATE MATERIALIZED VIEW kept_cases AS SELECT id FROM victims_case")
    assert [text.split()[0] for text in views_above_the_walls()] == ["open_cases", "kept_cases"]


@pytest.mark.parametrize(("user", "works"), [("nrm_app", True), ("nrm_owner", False), ("nrm", False)])
def test_the_application_refuses_a_powerful_role(user, works):
    """nrm_owner owns the tables, nrm is the cluster's superuser."""
    opened = connections.create_connection("default")
    opened.settings_dict = {**opened.settings_dict, "USER": user, "OPTIONS": {}}
    if user == "nrm" and not rows("SELECT 1 FROM pg_roles WHERE rolname = 'nrm' AND rolsuper"):
        pytest.skip("the superuser of this cluster is not ours")
    try:
        if works:
            opened.connect()
        else:
            with pytest.raises(ImproperlyConfigured, match="DATABASE_OWNER_URL"):
                opened.connect()
    finally:
        opened.close()
