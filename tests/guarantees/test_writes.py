"""Who may insert, change or delete which rows: bare statements, so that the policies stand alone.

`expected/writes/*.csv` are written by hand from the design, one file a subject, whose world is the module of that name
in `tests/guarantees/writes/`; what a cell may hold is said there (`World.outcome`). Each part of each policy that
decides a writing is dropped alone, and a line of the file must notice.
"""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from tests.guarantees.writes import alerts, cases, requests, units
from tests.guarantees.writes.world import differences, lines_of
from tests.roles import as_role

from .conditions import conditions, sample

pytestmark = pytest.mark.django_db
WORLDS = {"alerts": alerts.World, "cases": cases.World, "requests": requests.World, "units": units.World}
LINES = {subject: lines_of(subject) for subject in WORLDS}
VERBS = ["INSERT", "UPDATE", "DELETE"]
# Tables whose writing is proven elsewhere, and where.
ELSEWHERE = {"plans_": "tests/guarantees/test_policy_writes.py"}
# Parts that another wall repeats, so that dropping one lets nobody else write: accesses, desk rows and restrictions are
# shown to their own agency, an access until it ends; their policies say so inside the EXISTS of this one.
REPEATED = {
    "(a.agency_id = nrm.desk())",
    "(d.agency_id = nrm.desk())",
    "(r.agency_id = nrm.desk())",
    "((a.until IS NULL) OR (a.until > now()))",
}


def policies() -> list[tuple[str, str, str, str, str]]:
    """Return table, policy, verb, clause and text of each clause that decides what the application writes."""
    with as_role("nrm_owner"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename, policyname, cmd, clause, text FROM pg_policies, LATERAL (VALUES ('USING', qual),"
            " ('WITH CHECK', with_check)) AS clauses (clause, text) WHERE text IS NOT NULL"
            " AND permissive = 'PERMISSIVE' AND cmd = ANY(%s)"
            " AND 'nrm_app' = ANY(roles) ORDER BY 1, 3, 4",
            [VERBS],
        )
        found = [(table, name, cmd.lower(), clause, text) for table, name, cmd, clause, text in cursor.fetchall()]
    return [row for row in found if not row[0].startswith(tuple(ELSEWHERE))]


def survivors(world, lines) -> Iterator[str]:
    """Yield a sentence for each part of a policy that can be dropped without any line giving something else."""
    tried = {(line["table"], line["verb"]) for line in lines}
    found = [
        (table, name, verb, clause, text, condition)
        for table, name, verb, clause, text in policies()
        if (table, verb) in tried
        for condition in conditions(text)
        if condition.words(text) not in REPEATED
    ]
    for table, name, verb, clause, text, condition in sample(found):
        asked = [line for line in lines if (line["table"], line["verb"]) == (table, verb)]
        with transaction.atomic():
            with as_role("nrm_owner"), connection.cursor() as cursor:
                cursor.execute(f"ALTER POLICY {name} ON {table} {clause} ({condition.dropped_from(text)})")
            if next(differences(world, asked), None) is None:
                yield f"{table}, to {verb}, {clause}: {condition.words(text)}"
            transaction.set_rollback(True)


@pytest.fixture
def world(db, request):
    return WORLDS[request.param]()


@pytest.mark.parametrize(("subject", "world"), [(name, name) for name in WORLDS], indirect=["world"])
def test_each_writing_is_let_through_or_refused_as_the_file_says(subject, world):
    wrong = list(differences(world, LINES[subject]))
    assert not wrong, "\n".join([f"Differs from tests/guarantees/expected/writes/{subject}.csv:", *wrong])


@pytest.mark.proof
@pytest.mark.parametrize(("subject", "world"), [(name, name) for name in WORLDS], indirect=["world"])
def test_a_part_dropped_from_a_policy_of_writing_is_noticed(subject, world):
    unnoticed = list(survivors(world, LINES[subject]))
    file = f"tests/guarantees/expected/writes/{subject}.csv"
    said = f"Dropped, and no line of {file} gives something else. Add a line for who would write by it:"
    assert not unnoticed, "\n".join([said, *unnoticed])


def untried(lines) -> list[str]:
    """Return « table,verb » for each verb that a policy allows and that no line tries."""
    tried = {(line["table"], line["verb"]) for line in lines}
    return [f"{table},{verb}" for table, verb in sorted({(table, verb) for table, _, verb, *_ in policies()} - tried)]


def test_each_verb_that_a_policy_allows_is_tried():
    lines = [line for found in LINES.values() for line in found]
    missing = untried(lines)
    assert not missing, "\n".join(
        [
            "A policy lets somebody write and no line tries it. Add « table,verb,… » to the file of its subject in",
            "tests/guarantees/expected/writes/ (cases.csv for what hangs on a case): a line for who may, and lines for",
            "who lacks one thing. What « insert » writes goes to `rows` of tests/guarantees/writes/<subject>.py.",
            *missing,
        ]
    )
    without = [line for line in lines if (line["table"], line["verb"]) != ("victims_need", "update")]
    assert untried(without) == ["victims_need,update"]
