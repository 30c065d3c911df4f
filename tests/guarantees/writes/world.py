"""Run bare statements as members of a small world, so that the policies of writing stand alone.

A subject of `expected/writes/` has a module here: its world, the members who write in it, the rows they insert.
"""

import csv
import uuid
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

from django.db import DatabaseError, IntegrityError, connection
from django.utils import timezone

from agencies.models import Membership
from foundation.actor import acting_as
from tests.roles import as_role

FILES = Path(__file__).resolve().parents[1] / "expected" / "writes"
NOW, SEALED = "now", "\\x00"
FILLED = {
    "uuid": uuid.uuid4, "timestamp with time zone": timezone.now, "date": timezone.localdate, "character varying": "",
    "text": "", "smallint": 1, "integer": 1, "bigint": 1, "boolean": False, "bytea": SEALED, "jsonb": "{}",
    "ARRAY": "{}", "time without time zone": "09:00",
}  # fmt: skip


class Undo(Exception):
    """Leaves nothing behind."""


def lines_of(subject: str) -> list[dict]:
    """Return the lines of one file. A file with a column a writer gives one line for each of them."""
    found = []
    for line in csv.DictReader((FILES / f"{subject}.csv").open()):
        if "who" in line:
            found.append(line)
            continue
        told = ("table", "verb", "but", "reason")
        said = {name: line.pop(name) for name in told}
        found += [{**said, "who": writer, "expected": expected} for writer, expected in line.items()]
    return found


@cache
def needed(table: str) -> dict:
    """Return a value for each column of the table that needs one, by its type."""
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
            " AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'",
            [table],
        )
        return {name: FILLED[sort] for name, sort in cursor.fetchall()}


class World:
    """Members by the word that names them in the file (`who`), and every other word with the key it stands for.

    Of the writer of a line: `me` and `mate` are the member and a colleague, `mine` their agency.
    """

    rows: dict[str, dict] = {}  # table -> what the row to insert says; the other columns are filled by their type

    def __init__(self):
        self.who: dict[str, Membership] = {}
        self.mates: dict[str, Membership] = {}
        self.names: dict[str, object] = {}

    def put(self, table: str, who: str, **but) -> object:
        """Insert a row above the walls and return its key."""
        with as_role("nrm_owner"):
            sql, values, key = self.insert(table, who, but)
            self.run(sql, values)
        return key

    @staticmethod
    def run(sql: str, values=None) -> int:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.rowcount

    def value(self, who: str, column: str, said):
        """Return what a word stands for: in a key, a row of the world; elsewhere « draft » is a state."""
        if callable(said):
            return said()
        if column.endswith("_id"):
            writer = self.who[who]
            of_writer = {"me": writer.pk, "mine": writer.agency_id, "myself": writer.user_id}
            if who in self.mates:
                of_writer["mate"] = self.mates[who].pk
            said = {**self.names, **of_writer}.get(said, said)
        tomorrow = timezone.now() + timedelta(days=1)
        return {NOW: timezone.now(), "tomorrow": tomorrow, "NULL": None}.get(said, said)

    def insert(self, table: str, who: str, but: dict) -> tuple[str, list, object]:
        said = {**needed(table), **self.rows[table], **but}
        row = {name: self.value(who, name, value) for name, value in said.items()}
        columns, marks = ", ".join(f'"{name}"' for name in row), ", ".join(["%s"] * len(row))
        return f"INSERT INTO {table} ({columns}) VALUES ({marks})", [*row.values()], row.get("id")

    def statement(self, line: dict) -> tuple[str, list]:
        table, but = line["table"], dict(part.split("=") for part in line["but"].split(",") if part)
        if line["verb"] == "insert":
            return self.insert(table, line["who"], but)[:2]
        if line["verb"] == "delete":
            return f"DELETE FROM {table}", []
        told = ", ".join(f'"{name}" = %s' for name in but)
        return f"UPDATE {table} SET {told}", [self.value(line["who"], name, said) for name, said in but.items()]

    def outcome(self, line: dict) -> str:
        """Return what the line gives:

        - `y`: the row is inserted, or only a constraint of the table refuses it;
        - a number: the rows that a statement without WHERE reaches, which asks the policies of writing alone;
        - empty: the policy refuses the new row;
        - `guard`: a trigger refuses it;
        - `privilege`: the column itself is closed.
        """
        try:
            with acting_as(self.who[line["who"]]):
                sql, values = self.statement(line)
                done = self.run(sql, values)
                raise Undo
        except Undo:
            return "y" if line["verb"] == "insert" else str(done)
        except DatabaseError as error:
            if "row-level security" in str(error):
                return ""
            if "permission denied" in str(error):
                return "privilege"
            if "PL/pgSQL function" in (error.__cause__.diag.context or ""):
                return "guard"
            if isinstance(error, IntegrityError):
                return "y"
            raise


def differences(world: World, lines: list[dict]) -> Iterator[str]:
    """Yield one sentence for each line whose statement gives something else."""
    for line in lines:
        got = world.outcome(line)
        if got != line["expected"]:
            what = f"{line['table']} {line['verb']} {line['who']} {line['but']}".strip()
            yield f"{what}: « {got} », expected « {line['expected']} »; {line['reason']}"
