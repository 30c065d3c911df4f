"""Who may insert, change or delete the rows of public policy: bare statements, with the guards by trigger switched off,
so that the policies stand alone.

`expected/policy_writes.csv` is written by hand. `expected`: y, the row is written; empty, the policy refuses;
`privilege`, the column is closed; a number, the rows that a statement without WHERE reaches, which asks the policies of
writing and not those of reading. Each condition of each policy is then dropped alone: a line must notice.
"""

import csv
import re
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from foundation.actor import set_actor
from tests.roles import as_role

from .conditions import Condition, conditions, sample
from .policy_inserts import NOW, ROWS, SOON, TODAY
from .policy_world import PolicyWorld

pytestmark = pytest.mark.django_db
PATH = Path(__file__).parent / "expected" / "policy_writes.csv"
LINES = list(csv.DictReader(PATH.open()))
HOW = "say in tests/guarantees/expected/policy_writes.csv who may and who may not, from the mission"


class Undo(Exception):
    """Leaves nothing behind."""


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    return PolicyWorld()


def value(world, who, column, said):
    if callable(said):
        return said()
    if column.endswith("_id"):  # a key: a word of the world, or a code
        member = world.who[who]
        own = {"who": member and member.pk, "unit": member and member.agency_id}
        own["body"] = member and member.agency.profile_id
        said = {**world.names, **own}.get(said, said)
    return {NOW: timezone.now(), TODAY: timezone.localdate(), "soon": SOON, "NULL": None, "number": 2040}.get(
        said, said
    )


def statement(world, line) -> tuple[str, list]:
    table, who = line["table"], line["who"]
    assert who in world.who, f"{who}: nobody of that name in tests/guarantees/policy_world.py"
    assert line["verb"] != "insert" or table in ROWS, f"{table}: say in policy_inserts.py which row is inserted"
    but = dict(part.split("=") for part in line["but"].split(",") if part)
    if line["verb"] == "delete":
        return f"DELETE FROM {table}", []
    fields = {**ROWS[table], **but} if line["verb"] == "insert" else but
    row = {name: value(world, who, name, said) for name, said in fields.items()}
    names = [f'"{name}"' for name in row]
    if line["verb"] == "insert":
        marks = ", ".join(["%s"] * len(row))
        return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", [*row.values()]
    return f"UPDATE {table} SET {', '.join(f'{name} = %s' for name in names)}", [*row.values()]


def outcome(world, line) -> str:
    """Return what a line gives, in the words of the file; another error as it is said."""
    sql, values = statement(world, line)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            set_actor(world.who[line["who"]])
            cursor.execute(sql, values)
            done = cursor.rowcount
            raise Undo
    except Undo:
        return "y" if line["verb"] == "insert" else str(done)
    except DatabaseError as error:
        said = str(error).splitlines()[0]
    if "row-level security" in said or "no actor context" in said:
        return ""
    return "privilege" if "permission denied" in said else said


def differences(world, lines):
    for line in lines:
        got = outcome(world, line)
        if got != line["expected"]:
            what = f"{line['table']} {line['verb']} {line['who']} {line['but']}"
            yield f"{what}: « {got} », expected « {line['expected']} »; {line['reason']}"


def policies() -> list[tuple[str, str, str, str]]:
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename, lower(cmd), kind, text FROM pg_policies, LATERAL (VALUES ('USING', qual),"
            " ('WITH CHECK', with_check)) AS parts (kind, text) WHERE text IS NOT NULL"
            " AND permissive = 'PERMISSIVE' AND tablename LIKE 'plans\\_%'"
            " AND policyname IN ('insert_', 'update_', 'delete_') ORDER BY 1, 2, 3"
        )
        return cursor.fetchall()


def test_each_writing_is_let_through_or_refused_as_the_file_says(world):
    wrong = list(differences(world, LINES))
    assert not wrong, "\n".join(["Who writes differs from expected/policy_writes.csv:", *wrong])


def test_every_writing_that_a_policy_knows_has_lines_for_and_against(world):
    known = {(table, verb) for table, verb, *_ in policies()}
    said = {(line["table"], line["verb"]) for line in LINES}
    assert known == said, f"{sorted(known ^ said)}: {HOW}"
    refused = {(line["table"], line["verb"]) for line in LINES if line["expected"] in ("", "0")}
    assert refused == said, f"{sorted(said - refused)}: nobody is refused; {HOW}"


def test_nobody_signed_in_writes_nothing(world):
    wrong = []
    for table, verb in sorted({(line["table"], line["verb"]) for line in LINES}):
        line = next(line for line in LINES if (line["table"], line["verb"]) == (table, verb))
        line = {**line, "who": "public", "but": line["but"] if verb == "update" else ""}
        if outcome(world, line) not in ("", "0"):
            wrong.append(f"{table} {verb}")
    assert not wrong, wrong


# -- a condition dropped -----------------------------------------------------------------------------------------------
def changed_columns(table: str) -> set[str]:
    """Return the columns of a table that the application may change."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            " AND has_column_privilege('nrm_app', attrelid, attnum, 'UPDATE')",
            [table],
        )
        return {name for (name,) in cursor.fetchall()}


def said_before(part: str, using: str, columns: set[str]) -> bool:
    """Whether a condition on the changed row was asked of the row before and cannot have changed: the choice of rows
    says the same, and no column that it names may be written."""
    named = set(re.findall(r"\w+", re.sub(r"'[^']*'|::\w+", "", part)))
    return part in using and not columns & named


def open_reading() -> None:
    """Let everybody read every row of public policy: what a policy of writing then refuses, it refuses by itself."""
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_policies WHERE policyname = 'select_' AND tablename LIKE 'plans\\_%'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"ALTER POLICY select_ ON {table} USING (true)")


@dataclass(frozen=True)
class Dropped:
    """A condition of a policy of writing. `kind`: USING or WITH CHECK."""

    table: str
    verb: str
    kind: str
    text: str
    condition: Condition

    @property
    def lines(self) -> list[dict]:
        return [line for line in LINES if (line["table"], line["verb"]) == (self.table, self.verb)]

    def __str__(self) -> str:
        return f"{self.table} {self.verb} {self.kind}: {self.condition.words(self.text)} [{self.condition.instead}]"


def unnoticed(world, found: list[Dropped], expected: list[str]) -> list[Dropped]:
    """Return those whose absence changes no answer. `expected`: what each line of the file gives with all of them."""
    left = []
    for one in found:
        with transaction.atomic():
            with as_role("nrm_owner"), connection.cursor() as cursor:
                text = one.condition.dropped_from(one.text)
                cursor.execute(f"ALTER POLICY {one.verb}_ ON {one.table} {one.kind} ({text})")
            if all(outcome(world, line) == expected[LINES.index(line)] for line in one.lines):
                left.append(one)
            transaction.set_rollback(True)
    return left


@pytest.mark.proof
def test_a_condition_dropped_from_a_policy_of_writing_is_noticed(world):
    """What another table's policy of reading repeats is tried a second time with all reading open."""
    found, using = [], ""
    for table, verb, kind, text in policies():  # of an update, USING comes first
        columns = changed_columns(table)
        for condition in conditions(text):
            checked_again = (verb, kind) == ("update", "WITH CHECK") and said_before(
                condition.words(text), using, columns
            )
            if not checked_again:
                found.append(Dropped(table, verb, kind, text, condition))
        using = " ".join(text.split())
    tried = list(sample(found))
    left = unnoticed(world, tried, [line["expected"] for line in LINES])
    open_reading()
    left = unnoticed(world, left, [outcome(world, line) for line in LINES])
    how = f"of {len(tried)} conditions dropped, no line of expected/policy_writes.csv notices these: add who would"
    assert not left, "\n".join([how, *map(str, left)])
