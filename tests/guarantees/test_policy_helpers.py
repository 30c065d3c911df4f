"""Drop each condition of the functions that the policies of public policy ask (who acts, who coordinates, who enters
money, what is open): a line of `expected/policy_rows.csv` or `expected/policy_writes.csv` must notice.

A condition that one state of the world repeats is tried a second time in another one: see `PolicyWorld.without_end`.
"""

import re
from pathlib import Path

import pytest
from django.db import connection, transaction

from tests.roles import as_role

from . import test_policy_rows as rows
from . import test_policy_writes as writes
from .conditions import conditions
from .policy_world import PolicyWorld

pytestmark = pytest.mark.django_db
SQL = Path(__file__).parents[2] / "plans"
CALL = re.compile(r"nrm\.(\w+)\(")


def definitions() -> dict[str, str]:
    """Return the text of each function of plans/sql that is run with the rights of who asks."""
    own = set(re.findall(r"CREATE FUNCTION nrm\.(\w+)", "".join(path.read_text() for path in SQL.rglob("*.sql"))))
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'nrm'::regnamespace"
            " AND NOT prosecdef AND prorettype <> 'trigger'::regtype"
        )
        return {name: text for name, text in cursor.fetchall() if name in own}


def asking(texts: dict[str, str], said: dict[str, str]) -> dict[str, set[str]]:
    """Return the tables whose policies ask each function, by themselves or through another. `said`: all that the
    policies of a table say."""
    calls = {name: set(CALL.findall(text.split("AS $function$")[1])) for name, text in texts.items()}

    def reached(names: set[str]) -> set[str]:
        more = names | {inner for name in names for inner in calls.get(name, ())}
        return names if more == names else reached(more)

    found: dict[str, set[str]] = {}
    for table, text in said.items():
        for name in reached(set(CALL.findall(text))) & texts.keys():
            found.setdefault(name, set()).add(table)
    return found


class Answers:
    """What every line of the two files gives in this world, table by table."""

    def __init__(self, world):
        self.world = world
        self.rows: dict[str, list[str]] = {}
        for row in rows.EXPECTED:
            self.rows.setdefault(world.table(row), []).append(row)

    def of(self, table: str) -> tuple:
        lines = [line for line in writes.LINES if line["table"] == table]
        return rows.read(self.world, self.rows.get(table, [])), [writes.outcome(self.world, line) for line in lines]


def unnoticed(world, found: list[tuple], asked_by: dict[str, set[str]]) -> list[tuple]:
    answers = Answers(world)
    before = {table: answers.of(table) for table in set().union(*asked_by.values())}
    left = []
    for name, text, condition in found:
        with transaction.atomic():
            with as_role("nrm_owner"), connection.cursor() as cursor:
                cursor.execute(text)
            if all(answers.of(table) == before[table] for table in sorted(asked_by[name])):
                left.append((name, text, condition))
            transaction.set_rollback(True)
    return left


@pytest.mark.long
def test_a_condition_dropped_from_a_function_that_policies_ask_is_noticed():
    world, texts, said = PolicyWorld(), definitions(), dict(rows.policies())
    for table, _verb, _kind, text in writes.policies():
        said[table] = f"{said.get(table, '')} {text}"
    asked_by, found = asking(texts, said), []
    for name in sorted(asked_by):
        head, body, tail = texts[name].split("$function$")
        for condition in conditions(body, ""):
            dropped = f"{head}$function${condition.dropped_from(body)}$function${tail}"
            found.append((name, dropped, f"{name}: {condition.words(body)} [{condition.instead}]"))
    left = unnoticed(world, found, asked_by)
    world.without_end()
    left = unnoticed(world, left, asked_by)
    how = f"of {len(found)} conditions dropped, no line of expected/policy_*.csv notices these: add who would"
    assert not left, "\n".join([how, *(words for *_, words in left)])
