"""The walls themselves: no table left out, no right too many, nobody without a name, nothing above them."""

import csv
import threading
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, connections, transaction

from agencies.models import Category, Kind, Role
from foundation import walls
from foundation.actor import SYSTEM, acting_as, tell
from tests import factories as f
from tests.roles import as_role
from victims.models import CaseAccess

from .advice import ROOT, file_of_wall
from .reach import reaching, unprotected
from .world import World

pytestmark = pytest.mark.django_db
RIGHTS = {row["table"]: row for row in csv.DictReader((Path(__file__).parent / "expected" / "rights.csv").open())}
# public policy is read by everybody but for its drafts: its walls are proven in tests/plans
WALLED = sorted(wall.table for wall in walls.declared()[0] if not wall.table.startswith("plans_"))
UNWALLED = [table for table, row in RIGHTS.items() if row["worker"] == "no wall"]  # read by everybody
# The ways in from outside, a question that answers yes or no, two that answer public numbers only, and two that answer
# references to whoever reads the journal.
ENTRANCES = {"accept", "break_glass", "i_still_see", "import_touched", "move_case", "undo_import", "watched"} | {
    "participation_figures",
    "signal_figures",
    "own_password",
    "use_code",
    "journal_ids",
    "journal_references",
    # the coordination's, on who asks to take part
    "decide_admission",
    "first_code",
    # an administrator's acts on the members of the own agency
    "invite_member",
    "make_code",
    "member_load",
    "set_member",
    "switch_off_member",
    "switch_on_member",
}


def rows(sql, args=None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, args)
        return cursor.fetchall()


def refusal(sql) -> str | None:
    """The code the database refuses this with, or None when it obeys."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except DatabaseError as error:
        return error.__cause__.pgcode
    return None


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
    assert said.endswith("), see docs/architecture.md")
    files = said[said.index("(") + 1 : said.index(")")].split(", ")
    assert files and all(name.startswith("victims/") and (ROOT / name).is_file() for name in files)


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
        lines = {("see", "SELECT", "{nrm_app,nrm_worker}")}
        for text, name, verb in ((wall.insert, "add", "INSERT"), (wall.update, "change", "UPDATE")):
            lines |= {(name, verb, "{nrm_app,nrm_worker}")} if text else set()
        lines |= {("remove", "DELETE", "{nrm_app,nrm_worker}")} if wall.delete else set()
        lines |= {("due", "SELECT", "{nrm_worker}")} if wall.worker_select else set()
        lines |= {("sweep", "ALL", "{nrm_worker}")} if wall.system else set()
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
        f"{table}: {'/'.join(verbs)} declared {declared.get(table)}, expected {expected.get(table)}: put the line"
        f" back in {file_of_wall(table)}, or change tests/guarantees/expected/rights.csv and say why"
        for table in sorted({*declared, *expected} - {*UNWALLED})
        if declared.get(table) != expected.get(table)
    ]
    assert not different, "\n".join(different)
    assert all(wall.system for wall in walls.declared()[0])


def test_walls_raised_twice_change_nothing():
    assert walls.raise_walls("owner") is False


# -- no right too many ------------------------------------------------------------------------------------------------
def granted(role: str) -> dict[tuple[str, str], set[str]]:
    """Return what a role of the application may do: (table, verb) -> {"all"} or columns; without a right, not there."""
    found: dict[tuple[str, str], set[str]] = {}
    tables = "c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
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
        sql = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        for role in walls.ROLES:
            assert rows(f"{sql} AND has_table_privilege(%s, oid, %s)", [role, privilege]) == []
    owners = "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    assert rows(owners) == [("nrm_owner",)]
    powers = "SELECT rolname FROM pg_roles WHERE rolname LIKE 'nrm\\_%%' AND (rolsuper OR rolbypassrls)"
    assert rows(powers) == []
    members = "SELECT 1 FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = ANY(%s)"
    assert rows(members, [walls.ROLES]) == []


FORBIDDEN = [
    "CREATE TABLE public.mine (id int)",
    "CREATE FUNCTION nrm.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION nrm.desk() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "ALTER TABLE victims_case DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE victims_grant DISABLE TRIGGER ALL",
    "DROP POLICY see ON victims_case",
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


# the directory of desks is read by everybody; its walls bound who writes it
DIRECTORY = {"agencies_desk", "agencies_desk_services", "agencies_desk_territories", "agencies_dutyhours"}


# -- nobody without a name --------------------------------------------------------------------------------------------
def count(table, condition="true") -> int:
    """0 where the role may not even ask: what the worker alone reads is closed to the application by privilege."""
    if not rows("SELECT has_table_privilege(current_user, %s, 'SELECT')", [table])[0][0]:
        return 0
    return rows(f"SELECT count(*) FROM {table} WHERE {condition}")[0][0]


@pytest.fixture
def world(db):
    made = World()
    made.tell_everybody(set())
    with as_role("nrm_owner"):
        empty = [table for table in WALLED if not count(table)]
    assert not empty, f"tests/guarantees/world.py leaves {empty} without a row: nothing would be proven about them"
    return made


def test_without_an_actor_every_table_raises(world):
    """Zero rows would look like no data. Nobody is told here: the settings are empty, as after any commit."""
    tell(None)
    for role in walls.ROLES:
        with as_role(role):
            silent = {table: refusal(f"SELECT * FROM {table}") for table in WALLED if table not in DIRECTORY}
            assert set(silent.values()) == {"42501"}, {table for table, code in silent.items() if code != "42501"}
    with as_role("nrm_app"):
        assert refusal("SELECT nrm.accept(gen_random_uuid(), gen_random_uuid(), NULL)") == "42501"


def test_the_application_cannot_become_the_system(world):
    """The worker's mode and the kind `system` open nothing to the role of the web, whatever it sets."""
    stranger, holder = world.actor("case_worker", "stranger"), world.actor("case_worker", "kept")
    with acting_as(SYSTEM):
        assert {table for table in WALLED if count(table)} == DIRECTORY
    for actor in (stranger, holder, world.coordinator):
        with acting_as(actor):
            before = {table: count(table) for table in WALLED}
            for setting, value in (("nrm.kind", "system"), ("nrm.system", "on")):
                rows("SELECT set_config(%s, %s, true)", [setting, value])
                assert {table: count(table) for table in WALLED} == before
    with as_role("nrm_worker"), acting_as(SYSTEM):
        assert all(count(table) for table in WALLED)


def test_the_worker_acting_for_somebody_sees_what_he_sees(world):
    for role, relation in (("case_worker", "accepted_file"), ("coordinator", "status"), ("frontline", "author")):
        with acting_as(world.actor(role, relation)):
            seen = {table: count(table) for table in WALLED}
        with as_role("nrm_worker"), acting_as(world.actor(role, relation)):
            assert {table: count(table) for table in WALLED} == seen


def test_state_only_means_state_only():
    """Holds when, 5: of all tables that lead to the case, an agency with `status` finds its access row, its own grants
    with their log, and what it sent with the moves. One case in the database, so each row counted is about it."""
    f.national()
    unit, house = f.coordination(), f.shelter()
    sender, colleague, lead = f.member(unit, Role.COORDINATOR), f.member(unit, Role.COORDINATOR), f.member(house)
    alert = f.sent_alert(f.member(f.agency(Kind.EDUCATION, desk=False), Role.FRONTLINE))
    case = f.case(sender, alert=alert)
    f.orientation(
        sender, case, house, state="accepted", answerer=lead, verb="transfer", level=3, categories=Category.CONTACT
    )
    for state in ("sent", "declined", "accepted"):
        f.orientation(lead, case, f.shelter(), state=state, level=3)
    with acting_as(colleague):
        found = {table: n for table in reaching() if (n := count(table))}
        assert CaseAccess.objects.get().level == 1
    about_the_alert = {"referral_alert": 1, "referral_alertmove": 2, "referral_alertdesk": 1}
    assert found == {
        "victims_caseaccess": 1,
        "victims_grant": 1,  # state, on the ground that it led before
        "victims_grantlog": 3,  # the summary it led with, given and ended; the state
        "referral_orientation": 1,
        "referral_orientationmove": 2,  # sent, accepted
        **about_the_alert,  # its own desk's, not the case's: no link between them is readable
    }
    with as_role("nrm_owner"):
        assert len({table for table in reaching() if count(table)}) > 15


@pytest.mark.django_db(transaction=True)
def test_nobody_is_left_behind_on_a_kept_connection():
    """Two agencies and nobody take turns on connections that stay open; each finds its own, nobody an error."""
    f.national()
    makers = [f.shelter(), f.shelter()]
    members = [f.member(agency) for agency in makers]
    for member in members:
        f.own_case(member)
    with acting_as(members[0]):
        first = CaseAccess.objects.get().case_id
    wrong, pids = [], set()

    def turns(seed):
        try:
            for turn in range(60):
                who = (turn * 7 + seed) % 3
                if who == 2:
                    code = refusal("SELECT * FROM victims_caseaccess")
                    if code != "42501":
                        wrong.append(f"nobody was answered {code}")
                else:
                    with acting_as(members[who]):
                        mine = list(CaseAccess.objects.values_list("case_id", flat=True))
                        pids.add(rows("SELECT pg_backend_pid()")[0][0])
                        if (mine == [first]) != (who == 0) or len(mine) != 1:
                            wrong.append(f"{who} saw {mine}")
        finally:
            connection.close()

    threads = [threading.Thread(target=turns, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(pids) == 4  # kept open, or it would prove nothing
