"""Sixty measures with all that the gate asks, from one table: read without writing, faults by line, then all of it."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from foundation.actor import acting_as
from foundation.tables.writing import WRITERS
from foundation.workflow import WrongState
from plans.models import BudgetLine, Envelope, Measure, Metric, Plan
from plans.money.operations import envelopes
from plans.money.selectors import figures
from plans.plan.documents import written
from plans.plan.operations import measures, moves
from plans.plan.operations.official_list import import_list
from plans.plan.rules import gate
from plans.plan.selectors.content import content_of
from plans.plan.selectors.official_list import read, recognised
from plans.publication.rules import opendata
from plans.steering.rules import table_of
from tests.plans import people

from .full_list import HEADERS, MEASURES, rows
from .test_plan_pages import Hand, text

pytestmark = pytest.mark.django_db
SOURCE = "Plan fictif, Journal officiel fictif du 2 novembre 2026"


@pytest.fixture
def c(db):
    return people.coordination()


def as_text(lines) -> str:
    return "\n".join(";".join(f'"{cell}"' for cell in line) for line in [HEADERS, *lines])


def brought(c, lines=None, **more) -> int:
    with acting_as(c):
        table = table_of(as_text(lines or rows()))
        return import_list(c, "plan4", table, recognised(HEADERS), source=SOURCE, **more)


def test_every_column_is_recognised():
    assert recognised(HEADERS) == [
        "number", "title_fr", "axis", "lead", "start", "end", "text_fr", "partners", "metric", "unit", "target", "cost",
        "cost_year", "not_funded_reason", "commitments", "source",
    ]  # fmt: skip


def test_sixty_measures_pass_the_gate_once_their_figures_are_checked(c):
    with CaptureQueriesContext(connection) as asked:
        assert brought(c, vouched=True) == MEASURES
    assert len(asked) <= 60 * 25, "a bounded number for each measure"
    with acting_as(c):
        plan = Plan.objects.get(code="plan4")
        third = Measure.objects.get(plan=plan, number=3)
        assert (third.lead_id, third.start, third.end) == ("miprof", date(2028, 1, 1), date(2031, 12, 31))
        assert (third.source, third.provenance, third.vouched_by_id) == ("Plan fictif, page 3", "official", "miprof")
        assert {body.pk for body in third.partners.all()} == {"collectif", "ccem"}
        assert {request.pk for request in third.commitments.all()} == {"G3-02", "G3-03"}
        metric = Metric.objects.get(measure=third)
        assert (metric.label_fr, metric.unit, metric.target, metric.target_on) == (
            "Places ouvertes (3)", "places", Decimal(103), date(2031, 12, 31),
        )  # fmt: skip
        line = BudgetLine.objects.get(envelope__measure=third)
        assert (line.amount, line.year, line.stage, line.evidence) == (3000, 2028, "planned", "Plan fictif, page 3")
        assert line.checked_at is None, "a cost is public once checked, like any figure"
        fourth = Measure.objects.get(plan=plan, number=4)
        assert fourth.not_funded and fourth.not_funded_reason == "À moyens constants"
        assert not Envelope.objects.filter(measure=fourth).exists()
        lacks = {line.lacks for line in gate.report(content_of(plan), figures.costed())}
        assert lacks == {("figure",)}
        assert envelopes.check_all(c, BudgetLine.objects.filter(envelope__plan=plan)) == 45
        assert gate.report(content_of(plan), figures.costed()) == []
        for action in ("consult", "arbitrate", "publish"):
            moves.move_plan(c, "plan4", action)
        assert len(Plan.objects.get(code="plan4").versions.first().content["measures"]) == MEASURES


def test_the_same_table_brought_twice_changes_nothing(c):
    brought(c)
    with acting_as(c):
        table = read(Plan.objects.get(code="plan4"), table_of(as_text(rows())), recognised(HEADERS))
        assert {line.act for line in table.lines} == {"same"} and not table.faulty
        with pytest.raises(WrongState):
            import_list(c, "plan4", table_of(as_text(rows())), recognised(HEADERS), source=SOURCE)


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("Partenaires", "collectif; Ligue fictive", "« Ligue fictive » n'est pas un organisme de l'annuaire"),
        ("Demandes", "G3-02 | G9-99", "« G9-99 » n'est pas un code d'engagement ou de recommandation"),
        ("Indicateur", "", "Une cible sans indicateur"),
        ("Unité", "", "Écrivez l'unité de l'indicateur"),
        ("Cible", "beaucoup", "Écrivez un nombre sans mots"),
        ("Coût", "cher", "Écrivez un nombre sans mots"),
        ("Année du coût", "bientôt", "« bientôt » n'est pas une année"),
        ("Sans moyens", "Plus tard", "gardez l'un des deux"),
        ("Pilote", "", "Un coût demande un organisme pilote"),
    ],
)
def test_each_wrong_cell_is_said_on_its_line_and_nothing_is_written(c, column, cell, reason):
    lines = rows()
    lines[4][HEADERS.index(column)] = cell
    with acting_as(c):
        table = read(Plan.objects.get(code="plan4"), table_of(as_text(lines)), recognised(HEADERS))
        assert [line.number for line in table.faulty] == [6]
        assert any(reason in fault.replace("\xa0", " ") for fault in table.faulty[0].faults), table.faulty[0].faults
        with pytest.raises(WrongState):
            import_list(c, "plan4", table_of(as_text(lines)), recognised(HEADERS), source=SOURCE)
        assert not Measure.objects.filter(plan__code="plan4").exists()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_page_reads_then_writes_it(c, kind):
    hand = Hand(c)
    upload = SimpleUploadedFile(f"plan.{kind}", WRITERS[kind](HEADERS, rows()))
    shown = text(hand.post("plans:plan-import", "plan4", table=upload, source=SOURCE, vouched="on"))
    assert "60 à ajouter" in shown and "0 à corriger" in shown and 'name="vouched"' in shown
    with acting_as(c):
        assert not Measure.objects.filter(plan__code="plan4").exists()
    load = {"load": "yes", "column": recognised(HEADERS), "pasted": as_text(rows())}
    assert hand.post("plans:plan-import", "plan4", source=SOURCE, vouched="on", **load).status_code == 302
    with acting_as(c):
        assert Measure.objects.filter(plan__code="plan4", provenance="official").count() == MEASURES


def test_a_public_measure_says_who_vouched_and_an_edit_takes_it_back(c):
    brought(c, vouched=True)
    with acting_as(c):
        envelopes.check_all(c, BudgetLine.objects.filter(envelope__plan__code="plan4"))
        for action in ("consult", "arbitrate", "publish"):
            moves.move_plan(c, "plan4", action)
    page = text(Hand(None).get("policy:measure", "plan4", "plan4-m03"))
    day = timezone.localdate()
    assert "Liste officielle, garantie par" in page and str(day.year) in page and "Plan fictif, page 3" in page
    assert "Contenu non validé" not in page
    row = next(row for row in opendata.datasets()["measures"].rows() if row["code"] == "plan4-m03")
    assert (row["vouched_by"], row["vouched_on"]) == ("miprof", day.isoformat())
    with translation.override("fr"):
        lines = str(written(Plan.objects.get(code="plan4").versions.first(), unvalidated=False))
    assert "liste officielle, garantie par" in lines
    with acting_as(c):
        moves.move_plan(c, "plan4", "prepare", reason="Essai")
        third = Measure.objects.get(code="plan4-m03")
        measures.edit_measure(c, third.code, seen=third.edited_at, title_fr="Autre titre")
        third.refresh_from_db()
        assert (third.provenance, third.vouched_by_id, third.vouched_on) == ("entered", None, None)
        moves.move_plan(c, "plan4", "abandon", reason="Essai")
        third.refresh_from_db()
        assert (third.provenance, third.vouched_by_id) == ("official", "miprof")


def test_a_body_that_leads_vouches_for_nothing(c):
    brought(c)
    lead = people.ministry("dgt")
    with acting_as(lead), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Measure.objects.filter(plan__code="plan4", lead="dgt").update(
            provenance="official", vouched_by="dgt", vouched_on=timezone.localdate()
        )
