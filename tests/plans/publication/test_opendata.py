"""Open data: files that say what the rows say, releases that never change, nothing released that the public may not
read, addresses that stay."""

import csv
import hashlib
import io
import json

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client
from django.utils import timezone

from foundation.actor import acting_as
from plans.models import DatasetRelease, Plan
from plans.publication.operations.opendata import archived, latest, release
from plans.publication.rules import opendata
from plans.publication.rules.opendata import Dataset, Field
from tests.plans import people
from tests.roles import as_role

pytestmark = pytest.mark.django_db

FIELDS = [
    Field("code", "string", "Code", required=True),
    Field("value", "number", "Value"),
    Field("tags", "list", "Tags"),
    Field("open", "boolean", "Open"),
]
ROWS = [
    {"code": "a", "value": 1401, "tags": ["x", "y"], "open": True},
    {"code": "=1+1", "value": None, "tags": [], "open": False, "secret": "never asked for"},
]


@pytest.fixture
def dataset(monkeypatch):
    """A dataset of this test alone; its rows may be changed."""
    rows = [dict(row) for row in ROWS]
    made = Dataset("essai", "Essai", "Un jeu d'essai", FIELDS, lambda: rows)
    return alone(made, monkeypatch)


@pytest.fixture
def plans_as_rows(monkeypatch):
    """A careless dataset: all plans, without asking which are public."""
    made = Dataset("plans_all", "Plans", "", [Field("code", "string", "Code")], lambda: Plan.objects.values("code"))
    return alone(made, monkeypatch)


def alone(dataset, monkeypatch):
    opendata.datasets()  # the real ones are found first
    monkeypatch.setattr(opendata, "_datasets", {dataset.code: dataset})
    return dataset


def test_both_files_say_the_same(dataset):
    files = opendata.as_files(dataset)
    table = list(csv.DictReader(io.StringIO(files["csv"].decode())))
    assert table == [
        {"code": "a", "value": "1401", "tags": "x|y", "open": "true"},
        {"code": "'=1+1", "value": "", "tags": "", "open": "false"},  # a spreadsheet must not run it
    ]
    document = json.loads(files["json"])
    assert [row["code"] for row in document["rows"]] == ["a", "=1+1"]
    assert document["rows"][0] == ROWS[0]
    assert document["licence"] == "etalab-2.0"
    assert "secret" not in files["json"].decode() + files["csv"].decode()
    assert files["csv_sha256"] == hashlib.sha256(files["csv"]).hexdigest()


def test_the_schema_describes_each_column(dataset):
    schema = dataset.schema()
    assert schema["primaryKey"] == ["code"]
    assert [(f["name"], f["type"]) for f in schema["fields"]] == [
        ("code", "string"), ("value", "number"), ("tags", "list"), ("open", "boolean"),
    ]  # fmt: skip
    assert schema["fields"][0]["constraints"] == {"required": True}
    assert schema["fields"][2]["delimiter"] == "|"


def test_a_release_is_made_when_something_changed_and_only_then(dataset):
    with as_role("nrm_worker"):
        first = release(dataset)
        assert (first.number, first.rows) == (1, 2)
        assert release(dataset) is None
        dataset.rows()[0]["value"] = 1439
        assert release(dataset).number == 2
    assert b"1401" in bytes(archived("essai", "1").csv)
    assert b"1439" in bytes(archived("essai", "2").csv)
    assert latest(dataset).number == 2
    assert archived("essai", timezone.localdate().isoformat()).number == 2
    for wrong in ("3", "1999-01-01", "nonsense", "99999999999"):
        assert archived("essai", wrong) is None


def test_what_the_public_may_not_read_is_never_released(plans_as_rows):
    with as_role("nrm_worker"):
        text = bytes(release(plans_as_rows).csv).decode()
    assert "plan1" in text
    assert "plan4" not in text, "a draft left by the open data"
    with acting_as(people.coordination()):  # who reads drafts, to see that there was one to hide
        assert Plan.objects.filter(code="plan4").exists()


def test_the_application_neither_adds_nor_changes_a_release(dataset):
    with as_role("nrm_worker"):
        release(dataset)
    for act in (
        lambda: release(Dataset("autre", "A", "", FIELDS, list)),
        lambda: DatasetRelease.objects.update(csv=b"other"),
        lambda: DatasetRelease.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(ProgrammingError), transaction.atomic():
            act()
    with as_role("nrm_worker"), pytest.raises(ProgrammingError), transaction.atomic():
        DatasetRelease.objects.update(csv=b"other")
    assert DatasetRelease.objects.count() == 1


def test_the_stable_address_gives_the_last_release_with_its_checksum(dataset):
    client = Client()
    before = client.get("/donnees/essai.csv")
    assert before.status_code == 200  # the worker has not passed yet
    with as_role("nrm_worker"):
        one = release(dataset)
    answer = client.get("/donnees/essai.csv")
    assert answer.content == before.content == bytes(one.csv)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["ETag"] == f'"{one.csv_sha256}"'
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert not answer.cookies
    again = client.get("/donnees/essai.csv", headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/donnees/essai.json").json()["rows"][0]["value"] == 1401
    page = client.get("/donnees/essai/").content.decode()
    assert one.csv_sha256 in page
    assert one.json_sha256 in page
    assert "/donnees/essai/1.csv" in page


def test_the_archive_keeps_what_was_quoted(dataset):
    client = Client()
    with as_role("nrm_worker"):
        release(dataset)
        dataset.rows()[0]["value"] = 1439
        release(dataset)
    assert b"1401" in client.get("/donnees/essai/1.csv").content
    assert client.get("/donnees/essai/2.json").json()["rows"][0]["value"] == 1439
    today = timezone.localdate().isoformat()
    assert client.get(f"/donnees/essai/{today}.csv").content == client.get("/donnees/essai/2.csv").content
    for wrong in ("/donnees/essai/3.csv", "/donnees/essai/1.xlsx", "/donnees/autre.csv", "/donnees/autre/"):
        assert client.get(wrong).status_code == 404, wrong


def test_the_package_describes_a_release_that_stays(dataset):
    with as_role("nrm_worker"):
        one = release(dataset)
    package = Client().get("/donnees/essai/datapackage.json").json()
    [table, document] = package["resources"]
    assert package["licenses"][0]["name"] == "etalab-2.0"
    assert package["version"] == "1"
    assert table["path"].endswith("/donnees/essai/1.csv")
    assert table["hash"] == f"sha256:{one.csv_sha256}"
    assert table["bytes"] == len(one.csv)
    assert table["schema"] == dataset.schema()
    assert document["path"].endswith("/donnees/essai/1.json")


def test_every_registered_dataset_holds_together():
    """Titles in both languages, the key of each row its own, every column known, and both files of one opinion."""
    found = opendata.datasets()
    assert found
    for code, dataset in found.items():
        files = opendata.as_files(dataset)
        table = list(csv.DictReader(io.StringIO(files["csv"].decode())))
        rows = json.loads(files["json"])["rows"]
        assert [list(row) for row in rows] == [[f.name for f in dataset.fields]] * len(table), code
        if dataset.key:
            keys = [row[dataset.key] for row in rows]
            assert len(keys) == len(set(keys)), code
        schema = dataset.schema()
        for field in schema["fields"]:
            assert field["title"], (code, field)
            if field.get("constraints", {}).get("required"):
                assert all(row[field["name"]] not in (None, "") for row in rows), (code, field["name"])
        assert json.loads(files["json"])["title"] != "", code
