"""Each kind of row of public policy, read bare by the public and by members of every sort: the policies stand alone.

`expected/policy_rows.csv` is written by hand from the mission (section 8) and the decisions 17, 21, 22, 26, 28 and 33.
Each condition of each reading policy is then dropped alone, and each alternative taken away: a line must notice.
"""

import csv
from copy import deepcopy
from pathlib import Path

import pytest
from django.db import connection, transaction

from foundation.actor import set_actor
from tests.roles import as_role

from .conditions import WHOLE, Condition, conditions, sample
from .policy_world import ROW, PolicyWorld

pytestmark = pytest.mark.django_db
PATH = Path(__file__).parent / "expected" / "policy_rows.csv"
LINES = list(csv.DictReader(PATH.open()))
# who holds the role `policy` today, in an agency that is open
BUILDERS = (
    "coordination", "colleague", "former", "coming", "annulled", "lead", "mate", "sister", "funder", "ministry",
    "nameless", "cncdh", "collective", "association", "co_author", "union", "company",
)  # fmt: skip
READERS = (
    "public", *BUILDERS, "auditor", "left_auditor", "closed_auditor", "platform", "frontline", "left", "closed",
    "secretary",
)  # fmt: skip
GROUPS = {"everybody": READERS, "builders": BUILDERS}
# tables that hide nothing: every row is the public's, and the policy says `true`
PUBLIC = {
    "plans_mandate": "who coordinates, and since when",
    "plans_seat": "who sits in the committee",
    "plans_meeting": "when it meets, and what came of it",
    "plans_focalpoint": "that a body covers a place; how to reach it stands in plans_focalcontact",
    "plans_commitment": "what France was asked to do",
    "plans_commitment_repeats": "that it was asked before",
    "plans_commitment_measures": "which measures answer it; a hidden measure is one of plans_measure",
    "plans_commitmentsource": "the texts that ask",
    "plans_commitmentprogress": "the official position",
    "plans_survivorsummary": "what the coordination sums up for the public",
    "plans_pushedfigure": "protected before it came here",
    "plans_surveyfigure": "protected before it came here",
    "plans_datasetrelease": "what was released as nobody",
}
# said a second time by a constraint of the table
REPEATED = {
    ("plans_contribution", "(NOT confidential)"): "constraint confidential_is_never_published",
}


def named(readers: str) -> set[str]:
    """Return the readers that a line names, by themselves or by a group."""
    found = {one for word in readers.split() for one in GROUPS.get(word, (word,))}
    assert found <= set(READERS), f"unknown readers in expected/policy_rows.csv: {sorted(found - set(READERS))}"
    return found


EXPECTED = {line["row"]: named(line["readers"]) for line in LINES}


@pytest.fixture
def world(laid, db):
    return deepcopy(laid)


@pytest.fixture(scope="module")
def laid(rows_of_module):
    return PolicyWorld()


def policies() -> dict[str, str]:
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename, qual FROM pg_policies WHERE policyname = 'select_' AND tablename LIKE 'plans\\_%'"
        )
        return dict(cursor.fetchall())


def read(world, rows) -> dict[str, set[str]]:
    """Return who reads each of these rows."""
    tables: dict[str, list[str]] = {}
    for row in rows:
        tables.setdefault(world.table(row), []).append(row)
    found: dict[str, set[str]] = {row: set() for row in rows}
    for reader in READERS:
        with transaction.atomic():
            set_actor(world.who[reader])
            for table, asked in tables.items():
                seen = world.seen(table)
                for row in asked:
                    if world.names[row] in seen:
                        found[row].add(reader)
            set_actor(None)
    return found


def differences(world, rows):
    """Yield one sentence for each row that somebody reads and should not, or the other way round."""
    for row, readers in read(world, rows).items():
        reason = next(line["reason"] for line in LINES if line["row"] == row)
        if more := readers - EXPECTED[row]:
            yield f"{row}: read by {sorted(more)}, who should not; {reason}"
        if less := EXPECTED[row] - readers:
            yield f"{row}: not read by {sorted(less)}, who should; {reason}"


def test_each_row_is_read_by_whom_the_file_names(world):
    wrong = list(differences(world, EXPECTED))
    assert not wrong, "\n".join(["Who reads differs from expected/policy_rows.csv:", *wrong])


def test_every_table_that_hides_something_has_a_line(world):
    tables = {world.table(row) for row in EXPECTED}
    said = policies()
    missing = sorted(table for table, text in said.items() if text != "true" and table not in tables)
    how = "say in tests/guarantees/expected/policy_rows.csv who reads a row of each sort, from the mission"
    assert not missing, f"{missing}: {how}; {ROW}"
    public = {table for table, text in said.items() if text == "true"}
    how = "a table whose policy of reading is `true` has its reason in PUBLIC (test_policy_rows.py), and no other"
    assert public == set(PUBLIC), f"{sorted(public ^ set(PUBLIC))}: {how}"


def open_reading(but: str) -> None:
    """Let everybody read every row of public policy, except of this table."""
    with as_role("nrm_owner"), connection.cursor() as cursor:
        for table in policies().keys() - {but}:
            cursor.execute(f"ALTER POLICY select_ ON {table} USING (true)")


def unnoticed(world, table: str, text: str, found: list[Condition], rows: list[str]) -> list[Condition]:
    """Return those conditions of a policy whose absence changes nobody's reading of these rows."""
    left, before = [], read(world, rows)
    for condition in found:
        with transaction.atomic():
            with as_role("nrm_owner"), connection.cursor() as cursor:
                cursor.execute(f"ALTER POLICY select_ ON {table} USING ({condition.dropped_from(text)})")
            if read(world, rows) == before:
                left.append(condition)
            transaction.set_rollback(True)
    return left


@pytest.mark.proof
def test_a_condition_dropped_from_a_policy_is_noticed(world):
    """What the policy of another table repeats is tried a second time with that one open."""
    rows: dict[str, list[str]] = {}
    for row in EXPECTED:
        rows.setdefault(world.table(row), []).append(row)
    chosen = set(sample([(table, one) for table, text in policies().items() for one in conditions(text)]))
    left, tried = [], 0
    for table, text in policies().items():
        if text == "true":
            continue
        found = [one for one in conditions(text) if (table, one) in chosen]
        tried += len(found)
        if again := unnoticed(world, table, text, found, rows[table]):
            with transaction.atomic():
                open_reading(but=table)
                left += [(table, one.words(text)) for one in unnoticed(world, table, text, again, rows[table])]
                transaction.set_rollback(True)
    how = f"of {tried} conditions dropped, no line of expected/policy_rows.csv notices these: add who would"
    assert sorted(left) == sorted(REPEATED) if WHOLE else set(left) <= set(REPEATED), how
