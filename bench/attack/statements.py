"""Act with the application's database password and nothing else: read, write, call, escalate; then compare every table.

Each statement is committed when it is let through, as a thief's would be. Told is the context of many members, by
`set_config`, which anybody with the password can do, without the signature that the application adds.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg2
from django.db.models import F
from psycopg2 import sql

from foundation.actor import context_of
from foundation.statements.signing import signature_of

SETTINGS = ("agency", "membership", "sight", "arrival", "kind", "system", "signature")
# what anybody with the password reads: the public policy, the directory of services, the heartbeats of parts, and,
# sealed, the second factors, which are read before anybody is known (agencies/policies.py)
READ_BY_NOBODY = {
    "agencies_desk",
    "agencies_desk_services",
    "agencies_desk_territories",
    "agencies_dutyhours",
    "journal_figure",
    "journal_heartbeat",
    "journal_keyprobe",
    "mfa_authenticator",
    "notifications_installation",
}
PUBLIC = "plans_"
# changed and deleted before anybody acts, by a thief too (tests/guarantees/test_unwalled_writes.py says how far)
UNGUARDED = {"agencies_session"}
# where a row is written for its person or its program alone, and the column that says whose it is
OF_ONE = {"agencies_user": "id", "mfa_authenticator": "user_id", "agencies_apiclient": "id"}
# a row that no wall refused, and a constraint did: nothing in it, no such other row, or one like it
PAST_THE_WALLS = {"23502", "23503", "23505"}
# where the same statement must touch a row once it is signed, or its refusal would prove nothing
CONTROLS = {
    "agencies_user.language",
    "agencies_user.phone",
    "agencies_user.charter",
    "agencies_user.charter_at",
    "mfa_authenticator.data",
    "agencies_apiclient.last_used_at",
    "agencies_desk.phone",
}
# read only; as every function that a request may call before its actor is known
READS = {"sandbox_of"}
LIVING = {
    "plans_datasetrelease",
    "agencies_tries",
    "agencies_session",
}  # made by the worker now and then; counted at each try
WINDOW = 75  # seconds in which nobody attacks: what changes then is what the platform writes by itself
ESCALATIONS = (
    "SET ROLE nrm_owner",
    "SET ROLE nrm_worker",
    "SET SESSION AUTHORIZATION nrm_owner",
    "RESET ROLE; CREATE TABLE mine (a int)",
    "CREATE TEMP TABLE agencies_user (id int)",
    "CREATE SCHEMA mine",
    "SELECT lo_from_bytea(0, 'x')",
    "CREATE EXTENSION dblink",
    "CREATE EXTENSION plpython3u",
    "CREATE FUNCTION nrm.signed_context() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    "CREATE FUNCTION public.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT NULL::timestamptz'",
    "ALTER TABLE victims_case DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE victims_case OWNER TO nrm_app",
    "DROP POLICY {policy} ON victims_case",
    "CREATE POLICY mine ON victims_case USING (true)",
    "ALTER ROLE nrm_app SUPERUSER",
    "ALTER ROLE nrm_app BYPASSRLS",
    "GRANT nrm_owner TO nrm_app",
    "GRANT ALL ON ALL TABLES IN SCHEMA public TO nrm_app",
    "SET session_replication_role = replica",
    "ALTER TABLE journal_entry DISABLE TRIGGER ALL",
    "TRUNCATE journal_entry",
    "TRUNCATE victims_case CASCADE",
    "COPY victims_case TO PROGRAM 'cat'",
    "COPY (SELECT 1) TO '/dev/null'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT * FROM pg_authid",
    "SELECT * FROM nrm.signing_key",
    "SELECT nrm.signed('a', 'b')",
    "DO LANGUAGE plpgsql $$ BEGIN PERFORM nrm.signed('a', 'b'); END $$",
    "SECURITY LABEL ON TABLE victims_case IS 'x'",
    "ALTER DATABASE nrm SET row_security = off",
    "SET row_security = off; SELECT count(*) FROM victims_case",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename <> 'nrm_app'",
    "ALTER SYSTEM SET log_statement = 'all'",
    "SELECT pg_reload_conf()",
    "CREATE RULE mine AS ON SELECT TO victims_case DO INSTEAD NOTHING",
)


class Thief:
    """Hold the connection, and count what it was answered."""

    def __init__(self, address: str):
        self.connection = psycopg2.connect(address)
        self.answers: Counter[str] = Counter()
        self.last = ""  # the code of the last refusal

    def tells(self, context: tuple[str, ...]) -> None:
        with self.connection.cursor() as cursor:
            for name, value in zip(SETTINGS, context, strict=True):
                cursor.execute("SELECT set_config(%s, %s, true)", [f"nrm.{name}", value])

    def tries(self, statement, context: tuple[str, ...] | None = None) -> int | None:
        """Run and commit; return how many rows were touched, None when it was refused."""
        try:
            with self.connection, self.connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = '5s'")
                if context:
                    self.tells(context)
                cursor.execute(statement)
                rows = cursor.rowcount
            self.answers["let through"] += 1
            return rows
        except psycopg2.Error as error:
            self.last = error.pgcode or "lost"
            self.answers[self.last] += 1
            return None

    def would(self, statement, context: tuple[str, ...], program: int) -> int | None:
        """Return how many rows the application touches, which signs; None when it is refused too. Nothing is kept."""
        try:
            with self.connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = '5s'")
                cursor.execute("SELECT nrm.transaction()")
                [name] = cursor.fetchone()
                self.tells((*context, signature_of(list(context), name)))
                for said in (["tries"], ["given", str(program)]):
                    cursor.execute("SELECT set_config(%s, %s, true)", [f"nrm.{said[0]}", signature_of(said, name)])
                cursor.execute(statement)
                return cursor.rowcount
        except psycopg2.Error:
            return None
        finally:
            self.connection.rollback()


def tried(platform) -> Iterator[dict]:
    """Yield a line for each way; the last compares every table with what it was."""
    thief, owner = Thief(os.environ["DATABASE_URL"]), psycopg2.connect(os.environ["DATABASE_OWNER_URL"])
    assert urlsplit(os.environ["DATABASE_URL"]).username == "nrm_app"
    owner.autocommit = True
    _token(owner)
    quiet = digests(owner)
    time.sleep(WINDOW)
    before = digests(owner)
    living = {table for table in before if before[table] != quiet[table]}
    tables, walled = _tables(owner)
    contexts = _contexts(owner)
    yield _without_context(thief, walled)
    yield _writes(thief, tables, contexts)
    yield from _changes(thief, owner)
    yield _calls(thief, owner, contexts)
    yield _escalations(thief, owner)
    after = digests(owner)
    changed = sorted(table for table in before if before[table] != after.get(table) and table not in living | LIVING)
    yield {
        "check": "every table is what it was",
        "tables": len(before),
        "answers": dict(thief.answers),
        "found": changed,
    }


def _token(owner) -> None:
    """Give a program a token that opens nothing, since whoever deletes from an empty table is refused nothing."""
    with owner.cursor() as cursor:
        cursor.execute(
            "INSERT INTO oauth2_provider_accesstoken (token, token_checksum, expires, scope, application_id, created,"
            " updated, resource) SELECT '', 'attack', now() + interval '1 hour', '', id, now(), now(), '[]'"
            " FROM agencies_apiclient ORDER BY id LIMIT 1"
        )
        assert cursor.rowcount == 1, "no program is there"


def digests(owner) -> dict[str, tuple[int, str]]:
    """Return the number of rows and a digest of each table, by its name."""
    found = {}
    with owner.cursor() as cursor:
        for table in _tables(owner)[0]:
            text = "SELECT count(*), md5(COALESCE(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) FROM {} t"
            cursor.execute(sql.SQL(text).format(sql.Identifier(table)))
            found[table] = cursor.fetchone()
    return found


def _tables(owner) -> tuple[list[str], list[str]]:
    """Return all tables of the product, and those behind the walls."""
    with owner.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relrowsecurity FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
            " AND relnamespace = 'public'::regnamespace ORDER BY relname"
        )
        rows = cursor.fetchall()
    return [name for name, _ in rows], [name for name, is_walled in rows if is_walled]


def _contexts(owner) -> list[tuple[str, ...]]:
    """Return the context of a member of each kind of sight, and the system's, none of them signed."""
    with owner.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (m.roles) m.agency_id::text, m.id::text FROM agencies_membership m"
            " WHERE m.active ORDER BY m.roles, m.id"
        )
        members = cursor.fetchall()
    told = [(agency, member, sight, "", "", "") for agency, member in members for sight in ("case", "admin", "audit")]
    told.append(("", "", "", "", "", "on"))
    return [(*context, signature) for context in told for signature in ("", "0" * 64)]


def _without_context(thief: Thief, walled: list[str]) -> dict:
    found = []
    for table in walled:
        rows = thief.tries(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
        if rows and table not in READ_BY_NOBODY and not table.startswith(PUBLIC):
            found.append(f"{table}: {rows} rows read by nobody")
    return {"check": "reading without a context", "tables": len(walled), "found": found}


def _writes(thief: Thief, tables: list[str], contexts: list[tuple[str, ...]]) -> dict:
    """Delete from and add to each table, in the name of each; touched rows are what is found."""
    found, asked = [], 0
    for number, table in enumerate(tables):
        name = sql.Identifier(table)
        for context in (
            None,
            contexts[number % len(contexts)],
            contexts[(number * 7 + 1) % len(contexts)],
            contexts[-2],
        ):
            for text in ("DELETE FROM {}", "INSERT INTO {} DEFAULT VALUES"):
                asked += 1
                rows = thief.tries(sql.SQL(text).format(name), context)
                if table in UNGUARDED and text.startswith("DELETE"):
                    continue
                if rows or rows is None and thief.last in PAST_THE_WALLS:
                    found.append(text.format(table))
    return {"check": "writing in the name of others", "tried": asked, "found": sorted(set(found))}


def _changes(thief: Thief, owner) -> Iterator[dict]:
    """Change each column that the application may change, by itself: as nobody, and as a member who is let through with
    a signature, without it and with a wrong one. The signed ones are the control."""
    told, asked, found, touched = _members(), 0, [], set()
    for table, column in _granted(owner):
        name = f"{table}.{column}"
        able = next(
            (one for one in told if thief.would(_change(table, column, one[1]), one[0], one[1]["agencies_apiclient"])),
            None,
        )
        if able:
            touched.add(name)
        context, whose = able or told[0]
        for statement in (_change(table, column, {}), _change(table, column, whose)):
            for pretended in (None, (*context, ""), (*context, "0" * 64)):
                asked += 1
                if thief.tries(statement, pretended) and table not in UNGUARDED:
                    found.append(name)
    yield {"check": "changing each granted column", "tried": asked, "found": sorted(set(found))}
    yield {"check": "the same, signed", "touched": len(touched), "found": sorted(CONTROLS - touched)}


def _change(table: str, column: str, whose: dict[str, int]) -> sql.Composed:
    """Return the statement that writes a column as it stands; of the rows of this one, where they are of somebody."""
    text = sql.SQL("UPDATE {0} SET {1} = {1}").format(sql.Identifier(table), sql.Identifier(column))
    if table not in OF_ONE or table not in whose:
        return text
    return text + sql.SQL(" WHERE {} = {}").format(sql.Identifier(OF_ONE[table]), sql.Literal(whose[table]))


def _members() -> list[tuple[tuple[str, ...], dict[str, int]]]:
    """Return the context of a member of each set of roles, as the application tells it, and who is meant in the tables
    of `OF_ONE`: the member, and a program."""
    from agencies.models import ApiClient, Membership  # after the settings

    factored = F("user__factor_at").asc(nulls_first=True)  # of each set, one with a second factor when there is one
    of = Membership.objects.using("owner").filter(active=True, kind="person").select_related("agency", "user")
    by_roles = {tuple(sorted(member.roles)): member for member in of.order_by(factored, "pk")}
    program = ApiClient.objects.using("owner").order_by("pk").values_list("pk", flat=True).first() or 0
    return [
        (
            tuple(context_of(member)),
            {"agencies_user": member.user_id, "mfa_authenticator": member.user_id, "agencies_apiclient": program},
        )
        for member in by_roles.values()
    ]


def _granted(owner) -> list[tuple[str, str]]:
    """Return each table and column that the application may change."""
    with owner.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace"
            " AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity <> 'a'"
            " AND has_column_privilege('nrm_app', c.oid, a.attnum, 'UPDATE') ORDER BY 1, 2"
        )
        return cursor.fetchall()


def _calls(thief: Thief, owner, contexts: list[tuple[str, ...]]) -> dict:
    """Call each function above the walls that may write, with what exists: a case, a member, a text."""
    with owner.cursor() as cursor:
        cursor.execute(
            "SELECT p.proname, array(SELECT format_type(t, NULL) FROM unnest(p.proargtypes) t) FROM pg_proc p"
            " WHERE p.pronamespace = 'nrm'::regnamespace AND p.provolatile = 'v' AND p.prorettype <> 'trigger'::regtype"
            " AND p.prosecdef AND has_function_privilege('nrm_app', p.oid, 'EXECUTE')"
            " ORDER BY p.proname"
        )
        functions = cursor.fetchall()
        cursor.execute("SELECT (SELECT id FROM victims_case LIMIT 1), (SELECT id FROM agencies_membership LIMIT 1)")
        case, member = cursor.fetchone()
    one = {
        "uuid": str(case),
        "integer": member,
        "bigint": member,
        "boolean": True,
        "text": "x",
        "character varying": "x",
    }
    values = one | {f"{kind}[]": [value] for kind, value in one.items()}
    asked, through = 0, set()
    for number, (name, types) in enumerate(functions):
        for given in ([None] * len(types), [values.get(one) for one in types]):
            arguments = sql.SQL(", ").join(
                sql.SQL("{}::{}").format(sql.Literal(value), sql.SQL(one))
                for value, one in zip(given, types, strict=True)
            )
            call = sql.SQL("SELECT nrm.{}({})").format(sql.Identifier(name), arguments)
            for context in (None, contexts[number % len(contexts)], contexts[-2]):
                asked += 1
                if thief.tries(call, context) is not None:
                    through.add(name)
    found = sorted(through - READS)
    return {"check": "calling what may write", "functions": len(functions), "tried": asked, "found": found}


def _escalations(thief: Thief, owner) -> dict:
    with owner.cursor() as cursor:
        cursor.execute("SELECT policyname FROM pg_policies WHERE tablename = 'victims_case' LIMIT 1")
        [policy] = cursor.fetchone()
    texts = [text.replace("{policy}", policy) for text in ESCALATIONS]
    found = [text for text in texts if thief.tries(text) is not None]
    return {"check": "becoming more", "tried": len(ESCALATIONS), "found": found}
