"""Where a measure was read: loaded from the pack, printed on its page, in its document and in the open data."""

import csv
import io
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
import yaml
from django.test import Client
from django.utils import translation

from indicators.loading import DATA, PackRefused
from plans.loading import load_plans
from plans.models import Envelope, Measure, Metric, Plan
from plans.plan import datasets
from plans.plan.documents import missing_words, written
from plans.plan.selectors.content import published
from plans.publication.rules import opendata
from tests.roles import as_role

pytestmark = pytest.mark.django_db
READ = ("seen", "inferred")


def entries() -> dict[str, dict]:
    return {entry["code"]: entry for entry in yaml.safe_load((DATA / "plans.yaml").read_text("utf-8"))["measures"]}


def page(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200, address
    return unescape(answer.content.decode()).replace("\xa0", " ").replace("\u202f", " ")


@pytest.fixture
def pack(tmp_path):
    """Return a function that loads plans.yaml with one text replaced."""

    def load(old, new):
        for file in DATA.glob("*.yaml"):
            (tmp_path / file.name).write_bytes(file.read_bytes())
        text = (DATA / "plans.yaml").read_text("utf-8")
        assert old in text
        (tmp_path / "plans.yaml").write_text(text.replace(old, new, 1), "utf-8")
        with as_role("nrm_owner"):
            return load_plans(using="default", folder=tmp_path)

    return load


def test_each_measure_of_the_pack_keeps_its_source():
    stored = dict(Measure.objects.exclude(plan__code="plan4").values_list("code", "source"))
    assert stored == {code: entry["source"] or "" for code, entry in entries().items()}
    without = {c for c, entry in entries().items() if entry["provenance"] in READ and not entry["source"]}
    assert without == {"plan3-x11"}, "the only one that was read and whose source was not noted"


@pytest.mark.parametrize("code", ["plan1-m05", "plan2-m16", "plan3-x05", "prostitution-2024-m15"])
def test_a_public_measure_prints_its_source(code):
    shown = page(f"/plan/{code.rpartition('-')[0]}/mesures/{code}/")
    assert entries()[code]["source"] in shown and "Source" in shown


def test_a_source_that_was_not_noted_is_said():
    shown = page("/plan/plan3/mesures/plan3-x11/")
    assert "source non notée" in shown and "lu dans la source citée" not in shown.lower()


def test_open_data_and_document_say_the_source():
    table = Client().get("/donnees/measures.csv").content.decode("utf-8-sig")
    rows = {row["code"]: row for row in csv.DictReader(io.StringIO(table))}
    assert rows["plan2-m16"]["source"] == entries()["plan2-m16"]["source"]
    assert rows["plan3-x06"]["envelopes"] == "dgcs-aap-2024"
    plan = Plan.objects.get(code="plan2")
    with translation.override("fr"):
        parts = written(plan.versions.first(), unvalidated=True)["parts"]
    lines = [line for part in parts for measure in part["measures"] for line in measure["lines"]]
    assert ["Lu dans", "Numéro et contenu : question écrite 24191".replace(" :", "\xa0:")] in lines


def test_open_data_tells_what_is_not_recorded_from_what_there_is_not():
    """An empty column of a list that nobody declared complete reads « non relevé », never « none »."""
    table = Client().get("/donnees/measures.csv").content.decode("utf-8-sig")
    rows = {row["code"]: row for row in csv.DictReader(io.StringIO(table))}
    plan2 = rows["plan2-m16"]
    assert not Plan.objects.get(code="plan2").is_recorded
    said = plan2["not_recorded"].split("|")
    assert {"lead", "end", "envelopes"} <= set(said)
    assert all(not plan2[name] for name in said)
    assert "source" not in said
    with as_role("nrm_owner"):
        Plan.objects.filter(code="plan2").update(recorded_on="2026-11-30")
    found = next(row for row in datasets.rows() if row["code"] == "plan2-m16")
    assert found["not_recorded"] == []
    entered = {
        "lead": "x",
        "partners": ["x"],
        "start": "x",
        "end": "",
        "metrics": ["x"],
        "targets": [],
        "commitments": ["x"],
    }
    assert datasets.unknown(entered | {"envelopes": [], "not_funded": True}) == ["end", "targets"]
    assert datasets.unknown(entered | {"envelopes": [], "not_funded": False}) == ["end", "targets", "envelopes"]


def test_dates_and_metrics_said_by_a_source_are_loaded(pack):
    said = """    source: Communiqué
    start: '2025-01-01'
    end: '2025-12-31'
    metrics:
      - label_fr: Professionnels formés
        unit: personnes
        target: 12000
        target_on: '2025-12-31'
    note_fr: 'Chaque année, le 18 octobre. Pilote non nommé.'
"""
    old = entries()["plan3-x04"]
    assert old["source"] == "Communiqué du lancement"
    pack(f"    source: Communiqué du lancement\n    note_fr: {old['note_fr']}\n", said)
    measure = Measure.objects.get(code="plan3-x04")
    assert (measure.start, measure.end) == (date(2025, 1, 1), date(2025, 12, 31))
    metric = Metric.objects.get(measure=measure)
    assert (metric.label_fr, metric.target, metric.target_on) == (
        "Professionnels formés", Decimal(12000), date(2025, 12, 31),
    )  # fmt: skip
    content = next(m for m in published(measure.plan)["measures"] if m["code"] == "plan3-x04")
    assert (content["end"], content["metrics"][0]["target"]) == ("2025-12-31", "12000.00")
    row = next(row for row in opendata.datasets()["measures"].rows() if row["code"] == "plan3-x04")
    assert row["targets"] == ["Professionnels formés : 12000 personnes, 2025-12-31"]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("    end: soon\n", "measures[plan3-x04].end: expected a day"),
        ("    cost: 12\n", "measures[plan3-x04].cost: unknown key"),
        ("    metrics:\n      - label_fr: Formés\n", "measures[plan3-x04].metrics[Formés].unit: missing"),
    ],
)
def test_a_wrong_word_on_a_measure_is_refused(pack, wrong, reason):
    start = "  - code: plan3-x04\n"
    with pytest.raises(PackRefused, match=reason.replace("[", r"\[").replace("]", r"\]")):
        pack(start, start + wrong)


def test_the_cost_of_a_measure_is_a_figure_that_names_it(pack):
    assert Envelope.objects.get(code="dgcs-aap-2024").measure.code == "plan3-x06"
    with pytest.raises(PackRefused, match="unknown measure 'plan3-x99'"):
        pack("    measure: plan3-x06\n", "    measure: plan3-x99\n")


def test_no_sentence_says_that_no_source_can_be_read():
    for code in ("plan1", "plan2", "plan3", "travail-illegal-2023"):
        shown = page(f"/plan/{code}/")
        assert "source lisible" not in shown and "avons pu lire" not in shown
    assert "46 ne figurent pas encore sur ce site" in page(
        "/plan/"
    ) and "46 mesures annoncées ne figurent pas encore sur ce site." in page("/plan/plan3/")
    with translation.override("en"):
        assert (
            missing_words(published(Plan.objects.get(code="plan3")))
            == "46 announced measures are not on this site yet."
        )
