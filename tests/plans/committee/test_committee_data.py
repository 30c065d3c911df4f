"""Open data of evaluations, meetings and focal points: what is released, in both files, and nothing that is not."""

import csv
import io
import json

import pytest

from foundation.actor import acting_as
from plans.publication.rules.opendata import as_files, datasets
from tests.plans import people
from tests.plans.evaluation.test_evaluation import FIRST, MARK, draft, release

from .test_focal import MAIL, add
from .test_focal import MARK as FUNCTION

pytestmark = pytest.mark.django_db


def files(code: str) -> tuple[str, list[dict], list[dict]]:
    """The text of both files, and their rows."""
    found = as_files(datasets()[code])
    table, document = found["csv"].decode(), found["json"].decode()
    return table + document, list(csv.DictReader(io.StringIO(table))), json.loads(document)["rows"]


def test_a_draft_is_in_no_file_even_when_its_author_asks():
    author = people.cncdh()
    made = draft(author)
    for code in ("evaluations", "evaluation_opinions"):
        assert MARK not in files(code)[0]
        with acting_as(author):
            assert MARK not in files(code)[0], "the files are the same, whoever asks"
    release(author, made)
    for code in ("evaluations", "evaluation_opinions"):
        assert files(code)[0].count(MARK) >= 2, "in CSV and in JSON"
    _, table, document = files("evaluation_opinions")
    mine = [row for row in document if row["evaluation"] == str(made.pk)]
    assert [(row["measure"], row["status"], row["score"]) for row in mine] == [(FIRST, "done", 4)]
    assert [row["status"] for row in table if row["evaluation"] == str(made.pk)] == ["done"]
    assert len(table) == len(document) == 7  # six of the pack


def test_focal_points_are_numbers():
    add(people.ministry("dacg"), "75", "93")
    text, table, document = files("focal_points")
    assert FUNCTION not in text
    assert MAIL not in text
    paris = [row for row in document if (row["ministry"], row["region"]) == ("justice", "R11")]
    assert paris == [{"ministry": "justice", "region": "R11", "covered": 2, "departments": 8}]
    assert len(table) == len(document)


def test_meetings_of_the_pack_are_in_the_file():
    _, table, document = files("meetings")
    assert [(row["on"], row["state"], row["people"]) for row in document] == [
        ("2024-03-21", "held", 60), ("2024-11-01", "not_held", None), ("2024-12-12", "held", None),
    ]  # fmt: skip
    assert [row["people"] for row in table] == ["60", "", ""]
