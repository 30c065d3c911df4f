"""Each kind of row that hangs on a case, an alert or an orientation, read bare by agencies that lack one thing each: a
level, a category, the case, a place among the assigned, an access that has not ended, a live desk.

`expected/rows.csv` is written by hand from the design (section 4): who reads the row. `expected/readers.csv` says what
each reader holds; @file and @summary are those who hold at least this level of the case, @other_file those
who hold the file of the other one. No queryset filters here, the policies stand alone; each condition of each policy
that decides reading is dropped alone, and a line of the file must notice.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.db import connection, transaction

from foundation import walls
from tests.roles import as_role

from .conditions import Condition, conditions, sample
from .reach import reaching
from .rows_asked import asked
from .rows_world import House

pytestmark = pytest.mark.django_db
EXPECTED = Path(__file__).parent / "expected"
LINES = list(csv.DictReader((EXPECTED / "rows.csv").open()))
READERS = {line["reader"]: line for line in csv.DictReader((EXPECTED / "readers.csv").open())}
GROUPS = {
    "@summary": ("case", 2),
    "@file": ("case", 3),
    "@other_file": ("other", 3),
}
# Tables that reach a case, an alert or an orientation and that nobody's reading is asked of: each with its reason.
UNREAD: dict[str, str] = {}


def readers_of(line: dict) -> set[str]:
    """Return the readers a line names, each group by what its members hold."""
    found = set()
    for word in line["readers"].split():
        if word in GROUPS:
            of, level = GROUPS[word]
            found |= {name for name, reader in READERS.items() if reader[of] and int(reader[of]) >= level}
        else:
            found.add(word)
    assert found <= READERS.keys(), f"{line['row']}: unknown readers {found - READERS.keys()}"
    return found


@dataclass
class Asked:
    """The lines of one table, who reads each, and the statement that answers all of them: one boolean a line."""

    table: str
    lines: list[dict] = field(default_factory=list)
    readers: list[set[str]] = field(default_factory=list)
    sql: list[str] = field(default_factory=list)
    values: list = field(default_factory=list)


def by_table(house) -> dict[str, Asked]:
    questions, found = asked(house), {}
    for line in LINES:
        assert line["row"] in questions, f"{line['row']}: say what is asked in tests/guarantees/rows_asked.py"
        query = questions.pop(line["row"]).query
        sql, values = query.exists().get_compiler("default").as_sql()
        one = found.setdefault(query.model._meta.db_table, Asked(query.model._meta.db_table))
        one.lines.append(line)
        one.readers.append(readers_of(line))
        one.sql.append(f"EXISTS ({sql})")
        one.values += values
    assert not questions, f"asked in rows_asked.py, without a line in expected/rows.csv: {[*questions]}"
    return found


class Reading:
    """Asks as each reader in turn: the role, the actor's context, then one statement."""

    def __init__(self, house):
        self.told = {name: self._told(house.who[name]) for name in READERS}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT r, relname FROM pg_class, unnest(ARRAY['nrm_app', 'nrm_worker']) r WHERE relkind IN ('r', 'p')"
                " AND relnamespace = 'public'::regnamespace AND has_table_privilege(r, oid, 'SELECT')"
            )
            self.may_ask = set(cursor.fetchall())

    @staticmethod
    def _told(member) -> str:
        context = {"agency": member.agency_id, "membership": member.pk, "sight": member.sight, "kind": member.kind}
        context["arrival"] = member.arrival
        return "SELECT " + ", ".join(f"set_config('nrm.{name}', '{value}', true)" for name, value in context.items())

    def differences(self, one: Asked) -> Iterator[str]:
        """Yield a sentence for each row that somebody reads and should not, or the other way round."""
        with transaction.atomic(), connection.cursor() as cursor:
            for role in walls.ROLES:
                cursor.execute(f"SET LOCAL ROLE {role}")
                for reader in (name for name in READERS if name.startswith("worker") == (role == "nrm_worker")):
                    yield from self._of(cursor, reader, one, (role, one.table) in self.may_ask)
            transaction.set_rollback(True)

    def _of(self, cursor, reader, one, may_ask) -> Iterator[str]:
        read = (False,) * len(one.lines)
        if may_ask:
            cursor.execute(f"{self.told[reader]}; SELECT {', '.join(one.sql)}", one.values)
            read = cursor.fetchone()
        for line, readers, got in zip(one.lines, one.readers, read, strict=True):
            if got != (reader in readers):
                what = "reads it" if got else "does not read it"
                yield f"{line['row']} ({one.table}): « {reader} » {what}; {line['reason']}"


def unproven(tables) -> list[str]:
    """Return a sentence for each walled table that reaches a case and that no line asks about, saying what to do."""
    walled = {wall.table for wall in walls.declared()[0] if wall.table.startswith(("victims_", "referral_"))}
    return [
        f"{way}: who reads it is not proven. Name a row of it in tests/guarantees/rows_asked.py, with its queryset; say"
        " who reads it in tests/guarantees/expected/rows.csv (row, readers, reason), from the design; if the world has"
        " no such row, write one in tests/guarantees/rows_world.py. Or give a reason in UNREAD, tests/guarantees/"
        "test_rows.py."
        for table, way in sorted(reaching().items())
        if table in walled and table not in tables and table not in UNREAD
    ]


def policies(tables) -> list[tuple[str, str, str]]:
    """Return (table, name, condition) of each policy by which a member or due work reads."""
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename, policyname, qual FROM pg_policies WHERE policyname IN ('select_', 'worker_select_')"
            " AND tablename = ANY(%s) ORDER BY 1, 2 DESC",
            [list(tables)],
        )
        return cursor.fetchall()


def asked_again(text: str, condition: Condition, selves: dict[str, list[str]]) -> bool:
    """Return whether the table that is asked says this condition itself, in each of its policies: in EXISTS (SELECT …
    FROM victims_caseaccess a WHERE a.agency_id = nrm.desk() …) the access table shows no other agency's rows anyway.
    It is kept: the worker's policies are joined by OR, and by it an index is still used.
    """
    said = condition.words(text)
    alias = re.match(r"\(*(\w)\.", said)
    table = alias and re.findall(rf"FROM \(?(\w+) {alias[1]}\b", text[: condition.start])
    return bool(table) and all(
        said.replace(f"{alias[1]}.", "") in whole for whole in selves.get(table[-1], ["nothing"])
    )


def unnoticed(reading: Reading, tables: dict[str, Asked]) -> tuple[int, list[str]]:
    """Drop each condition of each policy that decides reading, one at a time.

    Returns how many were dropped, and a sentence for each that lets nobody read more or less.
    """
    selves: dict[str, list[str]] = {}
    for table, _name, text in policies([wall.table for wall in walls.declared()[0]]):
        selves.setdefault(table, []).append(text)
    tried = [
        (table, name, text, condition)
        for table, name, text in policies(tables)
        for condition in conditions(text)
        if not asked_again(text, condition, selves)
    ]
    found = []
    for table, name, text, condition in sample(tried):
        with transaction.atomic():
            with as_role("nrm_owner"), connection.cursor() as cursor:
                cursor.execute(f"ALTER POLICY {name} ON {table} USING ({condition.dropped_from(text)})")
            if next(reading.differences(tables[table]), None) is None:
                found.append(f"{table} {name}: {condition.words(text)} [{condition.instead}]")
            transaction.set_rollback(True)
    return len(sample(tried)), found


@pytest.mark.proof
def test_each_row_is_read_as_the_file_says_and_no_condition_is_idle(db):
    """One world for both questions: building it costs as much as asking them."""
    house = House()
    with as_role("nrm_owner"):
        empty = [name for name, query in asked(house).items() if not query.exists()]
    assert not empty, f"no such row in tests/guarantees/rows_world.py, nothing would be proven: {empty}"
    reading, tables = Reading(house), by_table(house)
    wrong = [said for one in tables.values() for said in reading.differences(one)]
    assert not wrong, "\n".join(["Rows differ from expected/rows.csv:", *wrong])
    assert not (left_out := unproven(tables)), "\n".join(left_out)
    count, found = unnoticed(reading, tables)
    assert not found, "\n".join(
        [
            f"{len(found)} of {count} conditions were dropped and nobody of expected/rows.csv reads otherwise:",
            *found,
            "Add who would to expected/readers.csv and rows.csv, or take what says nothing out of the policy.",
        ]
    )


def test_table_without_line_is_named_with_what_to_do():
    (said,) = [sentence for sentence in unproven(set()) if sentence.startswith("victims_childopinion reaches Case")]
    named = re.findall(r"[\w/]+/[\w.]+\.(?:py|csv)", said)
    assert len(named) == 4 and all((Path(__file__).parents[2] / name).is_file() for name in named), named
