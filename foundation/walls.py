"""Apply rights, functions, triggers and row-security policies as declared state of the database.

Each app declares its part: `<app>/sql/*.sql` (functions of the schema `nrm`, triggers named `nrm_…`) and the modules of
`<app>/policies` (`WALLS`, a list of `Wall`; `RIGHTS`, a dict; `FUNCTIONS`, SQL made of lists of Python). After each
`migrate` the hash of the whole is compared with the comment on the schema `nrm`; when it differs, everything is dropped
and made again in one transaction. So a change of wording needs no migration, and the database holds exactly what these
files say.
"""

import hashlib
import re
import time
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

from django.apps import apps
from django.conf import settings
from django.db import OperationalError, connections, models, transaction

from foundation.sight import Rule
from foundation.statements.signing import keep_keys

APPS = ["agencies", "journal", "notifications", "indicators", "plans", "victims", "referral"]
ROLES = ["nrm_app", "nrm_worker"]
TRIGGERED = re.compile(r"CREATE (?:CONSTRAINT )?TRIGGER nrm_[^;]*?\bON (\w+)")
TOUCHED = """
SELECT relname FROM pg_class WHERE oid IN (
  SELECT polrelid FROM pg_policy
  UNION SELECT tgrelid FROM pg_trigger WHERE tgname LIKE 'nrm\\_%' AND NOT tgisinternal AND tgparentid = 0)
"""
ATTEMPT, LONGEST = 300, 900  # milliseconds for which a change of walls waits for its tables, and lets others wait
PATIENCE = 120  # seconds of such attempts
LIMIT, CANCELED = "SELECT set_config('statement_timeout', %s, true)", "57014"
SYSTEM_MODE = "current_setting('nrm.system', true) = 'on'"
# what writes asks whether the application told the context (foundation/statements/signing.py)
SIGNED = "nrm.signed_context()"


@dataclass(frozen=True)
class Wall:
    """Declare the row security of one table. `None` for a verb means nobody.

    `system` lets the system mode of the worker through. `rights` are the verbs granted to the application (with columns
    if needed: "SELECT, UPDATE (read_at)"), and to the worker unless `worker_rights` differ: what only the worker reads
    is also refused to the application by privilege.
    """

    table: str
    select: str
    insert: str | None = None
    update: str | None = None
    check: str | None = None  # WITH CHECK of UPDATE; None: `update` applies to the new row too
    delete: str | None = None
    rights: str = "SELECT"
    worker_rights: str | None = None
    system: bool = True
    worker_select: str | None = None  # an additional SELECT policy, for the role nrm_worker only

    @classmethod
    def of(cls, model: type[models.Model], **parts) -> "Wall":
        """Return the wall of a model's table. Its `sight` says who reads, unless `select` does; a part that is a `Rule`
        is asked for its condition."""
        parts = {"select": getattr(model, "sight", None), **parts}
        said = {name: part.sql(model) if isinstance(part, Rule) else part for name, part in parts.items()}
        return cls(model._meta.db_table, **said)

    def sql(self) -> list[str]:
        """Return the statements that enable row security and create the policies.

        A policy is named after the part that says it, with an underscore: SELECT is a reserved word of PostgreSQL.
        """
        t, to = self.table, f"TO {', '.join(ROLES)}"
        out = [f"ALTER TABLE {t} ENABLE ROW LEVEL SECURITY"]
        out.append(f"CREATE POLICY select_ ON {t} FOR SELECT {to} USING ({self.select})")
        if self.insert:
            out.append(f"CREATE POLICY insert_ ON {t} FOR INSERT {to} WITH CHECK ({self.insert})")
        if self.update:
            check = f" WITH CHECK ({self.check})" if self.check else ""
            out.append(f"CREATE POLICY update_ ON {t} FOR UPDATE {to} USING ({self.update}){check}")
        if self.delete:
            out.append(f"CREATE POLICY delete_ ON {t} FOR DELETE {to} USING ({self.delete})")
        if self.worker_select:
            out.append(f"CREATE POLICY worker_select_ ON {t} FOR SELECT TO nrm_worker USING ({self.worker_select})")
        if self.system:
            out.append(f"CREATE POLICY system_ ON {t} TO nrm_worker USING ({SYSTEM_MODE}) WITH CHECK ({SYSTEM_MODE})")
        return out + [f"CREATE POLICY signed_{verb.lower()}_ ON {t} {rest}" for verb, rest in self._signed(to)]

    @staticmethod
    def _signed(to: str) -> list[tuple[str, str]]:
        """Return the policies without which no other lets a write through, by verb: the context is signed.

        A row that is only to be locked asks it too, once a statement: the worker would pass over what is locked.
        """
        return [
            ("INSERT", f"AS RESTRICTIVE FOR INSERT {to} WITH CHECK ({SIGNED})"),
            ("UPDATE", f"AS RESTRICTIVE FOR UPDATE {to} USING ((SELECT {SIGNED})) WITH CHECK ({SIGNED})"),
            ("DELETE", f"AS RESTRICTIVE FOR DELETE {to} USING ({SIGNED})"),
        ]


# Rights of reference tables: read by everybody, written by the owner only.
READ_ONLY = "SELECT"


def declared() -> tuple[list[Wall], dict[str, str]]:
    """Return all walls, and the rights of the tables without one."""
    walls, rights = [], {"django_migrations": READ_ONLY}
    for module in _policies():
        walls += getattr(module, "WALLS", [])
        rights |= getattr(module, "RIGHTS", {})
    return walls, rights


def _policies() -> list[ModuleType]:
    """Import the modules of policies, lower apps first: `<app>/policies.py`, or each module of `<app>/policies/`."""
    found = []
    for name in (f"{app}.policies" for app in APPS if find_spec(f"{app}.policies")):
        found.append(import_module(name))
        found += [import_module(f"{name}.{m.name}") for m in iter_modules(getattr(found[-1], "__path__", []))]
    return found


def sources() -> list[str]:
    """Return the SQL of functions and triggers, lower apps first, then the functions made of lists of Python."""
    base = Path(settings.BASE_DIR)
    texts = [path.read_text() for app in APPS for path in sorted((base / app / "sql").glob("*.sql"))]
    texts += [text for module in _policies() for text in getattr(module, "FUNCTIONS", [])]
    if find_spec("referral.workflow"):
        texts.append(import_module("referral.workflow").as_sql())
    return texts


CLEAN = """
DO $$ DECLARE r record; BEGIN
  FOR r IN SELECT tgname, tgrelid::regclass AS t FROM pg_trigger WHERE tgname LIKE 'nrm\\_%' AND NOT tgisinternal
           AND tgparentid = 0  -- those of a partition go with those of its table
  LOOP EXECUTE format('DROP TRIGGER %I ON %s', r.tgname, r.t); END LOOP;
  FOR r IN SELECT polname, polrelid::regclass AS t FROM pg_policy
  LOOP EXECUTE format('DROP POLICY %I ON %s', r.polname, r.t); END LOOP;
  FOR r IN SELECT p.oid::regprocedure AS f FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
           WHERE n.nspname = 'nrm' LOOP EXECUTE format('DROP FUNCTION %s CASCADE', r.f); END LOOP;
END $$
"""
# Functions that bypass row security (SECURITY DEFINER) are not executable by the application, except these. The
# others serve triggers, which need no right to fire.
ENTRANCES = [
    "accept",
    "ask_desk",
    "ask_factor",
    "ask_powers",
    "ask_files",
    "attendance_figures",  # numbers only, by college
    "break_glass",
    "make_program",
    "renew_secret",
    "cut_program",
    "set_program_scopes",
    "set_program_key",
    "cut_program_key",
    "keep_sandbox",
    "reset_sandbox",
    "end_sandbox",
    "sandbox_of",  # which database is that of a test client; nothing of it
    "make_hook",
    "pause_hook",
    "test_hook",
    "replay_hook",
    "renew_hook_secret",
    "delete_hook",
    "came_before_actor",  # whether a case was there before oneself, asked by policies
    "decide_admission",
    "decide_desk",
    "decide_evaluation",
    "decide_hold",
    "decide_member",
    "first_code",
    "follows_alert",  # whether oneself is assigned to a case of this alert, asked by policies
    "i_still_see",
    "import_touched",
    "link_provider",  # an identity of the State's sign-in to oneself
    "linked_person",  # whom such an identity signs in, for who signs the question
    "journal_ids",  # for auditors; returns nothing to others
    "journal_references",
    "invite_member",
    "make_code",
    "held_before",  # of one's own agency, asked by the policy of holds
    "may_decide_hold",  # of oneself
    "what_keeps",  # whether and until when, never what, for who reads the summary
    "may_inherit",  # for an administrator, of the own agency
    "member_load",
    "move_case",
    "note_sign_in",  # that somebody signed in now, for who signs it
    "open_archive",
    "own_password",
    "own_references_taken",  # of the acting agency alone
    "participation_figures",  # numbers only, counted over rows the public may not read
    "report_owed",  # of a case whose summary one reads: what the CRIP is to be told of, never by whom it was
    "set_member",
    "signed_context",  # whether the application told who acts, asked by policies and by the entrances that write
    "signal_figures",  # the same, masked below 11
    "switch_off_member",
    "strengthen",  # a hash of another cost than the present one, by whoever knows it
    "switch_on_member",
    "tell_locked",
    "undo_import",
    "unseen_cases",  # a number, for an administrator
    "use_code",
    "watched",
]
WORKER_ENTRANCES = [
    "alert_goes_on",  # for the worker's query of what is due: row security would cost more than the question
    "case_goes_on",
    "archive_case",  # closed for months
    "erase_case",  # closed long ago
    "erase_alert",  # closed long ago, without a case
    "accounts_off",  # with which nobody can act any more
    "is_needed",  # whether something would wait for nobody without this member
    "tell_unused",
    "end_unused",  # told twice
    "forget_account",  # off for long
    "alert_waits_again",  # nobody reads it any more
    "forget_entries",  # of the journal, once they are old
    "make_months",  # of the journal
    "still_sees",  # answers about any member: for the worker, which sends notices
    "take_turn",  # of due work, which nobody but a worker may hold
    "await_turn",
    "end_holders",  # sessions of the application that hold others up
]
CLOSE = f"""
DO $$ DECLARE r record; BEGIN
  FOR r IN SELECT p.oid::regprocedure AS f, NOT p.prosecdef OR p.proname = ANY('{{{",".join(ENTRANCES)}}}') AS open,
                  p.proname = ANY('{{{",".join(WORKER_ENTRANCES)}}}') AS worker
           FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'nrm'
  LOOP EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', r.f);
       IF r.open THEN EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO nrm_app, nrm_worker', r.f); END IF;
       IF r.worker THEN EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO nrm_worker', r.f); END IF;
  END LOOP;
END $$
"""
# A temporary table with the name of a table stands before it in functions without a search path of their own.
NO_TEMPORARY = """
DO $$ BEGIN
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END $$
"""
HISTORY = """
DO $$ DECLARE r record; BEGIN
  FOR r IN SELECT p.oid::regprocedure AS f FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
           WHERE n.nspname = 'public' AND p.proname LIKE 'pgtrigger\\_%'
  LOOP
    EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp', r.f);
  END LOOP;
  FOR r IN SELECT p.oid::regprocedure AS f FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
           WHERE n.nspname = 'public' AND p.proname = '_pgtrigger_should_ignore'
  LOOP EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, public, pg_temp', r.f); END LOOP;
END $$
"""


def raise_walls(using: str) -> bool:
    """Make the database match the declaration. Return whether anything changed.

    Raises RuntimeError when the roles nrm_app and nrm_worker do not exist.
    """
    walls, rights = declared()
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        statements = ["SET LOCAL check_function_bodies = off", CLEAN, *sources()]
        statements += [line for wall in walls if wall.table in tables for line in wall.sql()]
        statements += [CLOSE, NO_TEMPORARY]
        by_table = {**rights, **{wall.table: wall.rights for wall in walls}}
        for table in sorted(tables):
            statements.append(f"REVOKE ALL ON {table} FROM {', '.join(ROLES)}")
            verbs = by_table.get(table, default_rights(table))
            if verbs:
                statements.append(f"GRANT {verbs} ON {table} TO {', '.join(ROLES)}")
        for wall in walls:
            if wall.table in tables and wall.worker_rights is not None:
                statements.append(f"REVOKE ALL ON {wall.table} FROM nrm_worker")
                statements.append(f"GRANT {wall.worker_rights} ON {wall.table} TO nrm_worker")
        statements.append(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {', '.join(ROLES)}")
        digest = hashlib.sha256("\n".join(statements).encode()).hexdigest()
        cursor.execute("SELECT obj_description(to_regnamespace('nrm'), 'pg_namespace')")
        if cursor.fetchone()[0] == digest:
            return False
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname IN ('nrm_app', 'nrm_worker')")
        if cursor.fetchone()[0] < 2:
            raise RuntimeError("Roles nrm_app and nrm_worker do not exist: create them first (deploy/roles.sql).")
        cursor.execute(TOUCHED)
        made = triggered(statements) | {wall.table for wall in walls}
        take(using, sorted({name for (name,) in cursor.fetchall()} | made & set(tables)))
        cursor.execute("CREATE SCHEMA IF NOT EXISTS nrm")
        cursor.execute(f"GRANT USAGE ON SCHEMA nrm TO {', '.join(ROLES)}")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("COMMENT ON SCHEMA nrm IS %s", [digest])
    return True


def triggered(statements: list[str]) -> set[str]:
    """Return the tables on which these statements make triggers."""
    return {table for text in statements for table in TRIGGERED.findall(text)}


def take(using: str, tables: list[str]) -> None:
    """Lock each of these tables until the transaction ends, all or none, while people go on working.

    Statements that took one after the other would hold some and wait for others, while a request holds one of these
    and waits for one of those: a deadlock, which ends one of both. Here all are given back after ATTEMPT, before
    PostgreSQL looks for a deadlock (a second) and before a request gives up (TIMEOUTS, referral/config/environment.py),
    and tried again later, for longer: where each request takes half a second, all tables are never free within less.
    Raises OperationalError when that fails for PATIENCE.
    """
    end, attempt = time.monotonic() + PATIENCE, ATTEMPT
    names = ", ".join(map(connections[using].ops.quote_name, tables))
    while names:
        try:
            with transaction.atomic(using=using), connections[using].cursor() as cursor:
                cursor.execute("SELECT current_setting('statement_timeout')")
                [before] = cursor.fetchone()
                cursor.execute(LIMIT, [f"{attempt}ms"])
                cursor.execute(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")
                cursor.execute(LIMIT, [before])
            return
        except OperationalError as error:
            if getattr(error.__cause__, "pgcode", "") != CANCELED or time.monotonic() > end:
                raise
        time.sleep(2 * attempt / 1000)
        attempt = min(attempt * 5 // 4, LONGEST)


def default_rights(table: str) -> str:
    """Return the rights of a table that declares none: catalogues are read-only, all others closed.

    « Permission denied » on first use tells that a table of ours or of a library needs a declaration.
    """
    return READ_ONLY if table.startswith("indicators_") else ""


def is_last(sender) -> bool:
    """Return whether this app is the last one that a `migrate` run announces."""
    return sender == [config for config in apps.get_app_configs() if config.models_module is not None][-1]


def raise_after_migrate(sender, using, **kwargs):
    """Apply the declaration after the last app of a `migrate` run."""
    if is_last(sender):
        raise_walls(using)
        raise_history(using)
        keep_keys(using)


def raise_history(using: str) -> None:
    """Make triggers that keep versions run as their owner, with a fixed search path.

    They write tables that the application may only read. Done after each migrate, because a migration that changes such
    a trigger creates its function again.
    """
    with connections[using].cursor() as cursor:
        cursor.execute(HISTORY)
