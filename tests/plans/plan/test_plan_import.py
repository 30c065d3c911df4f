"""The official list brought as a table: read without writing, each line with its reason, then all of it or nothing."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from foundation.actor import acting_as
from foundation.tables.writing import WRITERS
from foundation.workflow import NotAllowed, WrongState
from plans.models import Measure, Plan, PlanVersion
from plans.plan.operations.official_list import import_list
from plans.plan.selectors.official_list import read, recognised
from plans.steering.rules import table_of
from tests.plans import people

from .test_plan_pages import Hand, text

pytestmark = pytest.mark.django_db
COLUMNS = ["number", "title_fr", "axis", "lead", "end"]
HEADER = "N°;Intitulé;Axe;Pilote;Échéance"
LIST = f"""{HEADER}
1;Aller vers les victimes et leur ouvrir l'accès aux droits;1;;
22;Former les magistrats;2;DACG;31/12/2016
21;Évaluer le plan;3;cncdh;2016-06-30
"""


@pytest.fixture
def c(db):
    return people.coordination()


def lines(c, body: str):
    with acting_as(c):
        return read(Plan.objects.get(code="plan1"), table_of(f"{HEADER}\n{body}")).lines


def test_columns_are_recognised_by_their_name():
    headers = ["N°", "Intitulé", "Axe", "Pilote", "Échéance", "Budget", "Titre"]
    assert recognised(headers) == ["number", "title_fr", "axis", "lead", "end", "", ""]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("x1;Essai;1;;", "« x1 » n'est pas un numéro de mesure"),
        (";;1;;", "Écrivez le titre"),
        ("90;Essai;9;;", "« 9 » n'est pas un axe de ce plan"),
        ("90;Essai;1;Ministère imaginaire;", "« Ministère imaginaire » n'est pas un organisme de l'annuaire"),
        ("90;Essai;1;;31/02/2016", "écrivez la date"),
    ],
)
def test_each_wrong_line_says_why(c, line, reason):
    (found,) = lines(c, line)
    assert len(found.faults) == 1 and reason in found.faults[0].replace("\xa0", " "), found.faults


def test_a_good_line_a_line_twice_and_one_that_says_nothing_new(c):
    good, twice = lines(c, "90;Essai;1;DGT;31/12/2016\n90;Essai bis;;;")
    assert not good.faults and good.act == "new" and good.values["lead"].pk == "dgt"
    assert "deux fois" in twice.faults[0]
    (same,) = lines(c, "1;;;;")
    assert (same.act, same.faults) == ("same", [])


def test_the_dry_run_writes_nothing_and_the_load_makes_a_version(c):
    hand = Hand(c)
    before = Measure.objects.filter(plan__code="plan1").count()
    form = {"pasted": LIST, "source": "Plan publié le 14 mai 2014"}
    report = text(hand.post("plans:plan-import", "plan1", **form))
    assert "2 à ajouter" in report and "Rien n'est encore enregistré" in report
    assert Measure.objects.filter(plan__code="plan1").count() == before
    assert PlanVersion.objects.filter(plan__code="plan1").count() == 1
    assert hand.post("plans:plan-import", "plan1", load="yes", column=COLUMNS, **form).status_code == 302
    made = Measure.objects.get(plan__code="plan1", number=22)
    assert (made.lead_id, made.axis.number, made.provenance, made.source) == (
        "dacg", 2, "seen", "Plan publié le 14 mai 2014",
    )  # fmt: skip
    last = PlanVersion.objects.filter(plan__code="plan1").first()
    assert (last.number, last.kind, len(last.content["measures"])) == (2, "import", before + 2)
    plan = Plan.objects.get(code="plan1")
    assert (plan.state, plan.amending_since) == ("closed", None), "closed again"
    assert "Former les magistrats" in text(Hand(None).get("policy:plan", "plan1"))


def test_a_wrong_line_keeps_all_of_it_out(c):
    wrong = LIST + "24;Essai;9;;\n"
    with acting_as(c), pytest.raises(WrongState):
        import_list(c, "plan1", table_of(wrong), COLUMNS, source="Essai")
    assert not Measure.objects.filter(plan__code="plan1", number=22).exists()
    page = Hand(c).post("plans:plan-import", "plan1", pasted=wrong, source="Essai", load="yes", column=COLUMNS)
    assert page.status_code == 200 and "À corriger" in text(page) and "Enregistrer ces mesures" not in text(page)


def test_the_coordination_alone_brings_it(c):
    for other in (people.ministry(), people.collective()):
        with acting_as(other), pytest.raises(NotAllowed):
            import_list(other, "plan1", table_of(LIST), COLUMNS, source="Essai")
        assert Hand(other).get("plans:plan-import", "plan1").status_code == 403


def test_a_draft_is_completed_without_a_version(c):
    with acting_as(c):
        import_list(c, "plan4", table_of(f"{HEADER}\n1;Première;;DGT;"), COLUMNS, source="Essai")
        assert Measure.objects.get(plan__code="plan4").lead_id == "dgt"
        assert not PlanVersion.objects.filter(plan__code="plan4").exists()


@pytest.mark.parametrize("kind", ["csv", "xlsx", "ods"])
def test_a_file_of_each_kind_is_read_shown_and_loaded_from_its_text(c, kind):
    """The second sending carries what was read as text: the file is chosen once."""
    hand = Hand(c)
    rows = [["90", "Ouvrir des places", "1", "DGCS", "31/12/2016"], ["91", "=1+1", "", "", ""]]
    upload = SimpleUploadedFile(f"liste.{kind}", WRITERS[kind](HEADER.split(";"), rows))
    source = {"source": "Plan publié le 14 mai 2014"}
    shown = hand.post("plans:plan-import", "plan1", table=upload, **source)
    assert "2 à ajouter" in text(shown)
    carried = unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", shown.content.decode(), re.S)[1])
    done = hand.post("plans:plan-import", "plan1", load="yes", column=COLUMNS, pasted=carried, **source)
    assert done.status_code == 302
    made = Measure.objects.filter(plan__code="plan1", number__in=[90, 91]).order_by("number")
    assert [m.title_fr for m in made] == ["Ouvrir des places", "'=1+1"]
    assert made[0].lead_id == "dgcs"


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"\xd0\xcf\x11\xe0rest", "ancien format .xls"), (b"PK\x03\x04broken", "ne s'ouvre pas"), (b"a\n", "vide")],
)
def test_a_file_that_is_no_table_is_refused_in_words(c, data, said):
    upload = SimpleUploadedFile("liste.xlsx", data)
    refused = Hand(c).post("plans:plan-import", "plan1", table=upload, source="Essai")
    assert refused.status_code == 200 and said in text(refused) and "Essai" in text(refused)
