"""The official tables of the standard are brought in as they are: each column is read, or says why it is not."""

import io
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from foundation.actor import acting_as
from journal.models import Entry
from referral.imports import operations as imports
from referral.imports.forms import MatchForm, TableForm
from referral.models import CaseImport, ImportedCase
from tests import factories as f
from tests.referral.imports.test_imports import lines_of
from tests.referral.pages import Hand, text
from tests.roles import as_role
from victims.consents.operations import withdraw_consent
from victims.models import Case, Consent, Identity, OwnLabel, Profile

pytestmark = pytest.mark.django_db
OFFICIAL = Path(__file__).parent / "official"
SHEETS = ("HTCDS_Excel_Spreadsheet_v2.0.xlsx", "HTCDS_Excel_single_select_with_validation_v2.0.xlsx")
PERSON = {
    "prs_FirstName": "MARQUEUR-PRENOM",
    "prs_SecondName": "MARQUEUR-NOM",
    "prs_Birthdate": date(1999, 3, 12),
    "prs_Gender": "TransgenderFeminine",
    "prs_Citizenship": "RO",
    "prs_MobilePhone": "MARQUEUR-NUMERO",
    "con_Consent": True,
    "vic_TypeOfExploitation": "ForcedLabour;",
    "vic_MethodsOfControl": "DebtBondage ",
    "cas_Status": "Active",
    "cas_IncomingReferralDate": date(2026, 2, 3),
    "cas_IncomingReferralDetails": "MARQUEUR-RECIT",
}
CHILD = {"prs_Birthdate": date(2014, 1, 5), "prs_Gender": "Masculine", "con_Consent": True}
# by hand: what the 39 columns of the spreadsheets become; the first has no title, it numbers the lines
READ = {
    "con_Consent": "consent",
    "prs_Birthdate": "age_side",
    "prs_Gender": "sex",
    "prs_Citizenship": "nationality",
    "vic_TypeOfExploitation": "form",
    "cas_Status": "status",
    "cas_IncomingReferralDate": "received_on",
}


@pytest.fixture
def worker():
    f.national()
    f.coordination(territories=("75",))
    return f.member(f.shelter())


def filled(name: str, *people: dict) -> bytes:
    """Return an official spreadsheet with lines of these people."""
    book = load_workbook(OFFICIAL / name)
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[1] if cell.value}
    for line, person in enumerate(people, 3):
        for field, value in person.items():
            sheet.cell(line, columns[field], value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def brought(actor, data: bytes) -> CaseImport:
    form = TableForm({}, {"table": SimpleUploadedFile("table", data)})
    assert form.is_valid(), form.errors
    with acting_as(actor):
        return imports.start_import(actor, form.cleaned_data["table"])


def matched(actor, made) -> CaseImport:
    with acting_as(actor):
        return imports.match_columns(actor, made.pk, {int(n): code for n, code in made.content["matching"].items()})


def loaded(actor, made, **how) -> CaseImport:
    with acting_as(actor):
        imports.order_load(actor, made.pk, **{"only_good": False, **how})
        imports.load_lines(actor, made.pk)
        made.refresh_from_db()
    return made


@pytest.mark.parametrize("name", SHEETS)
def test_39_of_39_columns_are_read_or_say_why_not(worker, name):
    made = brought(worker, filled(name, PERSON))
    headers, guessed = made.content["headers"], made.content["matching"]
    assert len(headers) == 39
    assert {headers[int(n)]: code for n, code in guessed.items()} == READ
    form = MatchForm(headers=headers, guessed=guessed)
    silent = [
        header
        for n, header in enumerate(headers)
        if header not in READ and not str(form.fields[f"column_{n}"].help_text)
    ]
    assert silent == ["Colonne 1"], "only the number of the line says nothing"
    assert "Reason for Outgoing Referral" in headers, "the column without a code takes its label"
    assert made.total == 1, "labels and numbered empty lines are no cases"


@pytest.mark.parametrize("name", SHEETS)
def test_an_official_spreadsheet_loads_and_brings_no_name_no_number_no_story(worker, name):
    made = matched(worker, brought(worker, filled(name, PERSON, CHILD)))
    assert (made.good, made.total) == (2, 2)
    said = str((made.content, lines_of(made)))
    assert "MARQUEUR" not in said and "1999" not in said, "forgotten once matched"
    loaded(worker, made)
    with acting_as(worker):
        adult, child = (row.case for row in ImportedCase.objects.order_by("line").select_related("case"))
        assert [row.line for row in ImportedCase.objects.order_by("line")] == [3, 4], "as the spreadsheet numbers them"
        assert (adult.form, adult.age_side, adult.received_at.date()) == (
            "labour_exploitation",
            "adult",
            date(2026, 2, 3),
        )
        assert (child.form, child.age_side, child.urgency) == ("unknown", "minor", "high")
        told = Profile.objects.get(case=adult).data
        assert (told["sex"], told["nationality"]) == ("trans_female", "RO")
        assert not OwnLabel.objects.exists() and not Identity.objects.exists()


def test_an_adults_yes_is_recorded_for_this_organisation_alone_and_a_childs_is_not(worker):
    made = matched(worker, brought(worker, filled(SHEETS[0], PERSON, CHILD)))
    loaded(worker, made)
    with acting_as(worker):
        (consent,) = Consent.objects.select_related("case")
        assert consent.case.age_side == "adult"
        assert (consent.purpose, consent.giver, consent.agencies, consent.kinds) == (
            "record",
            "person",
            [worker.agency_id],
            [],
        )
        assert (consent.categories, consent.obtained_by_id) == (0, worker.pk)
    with as_role("nrm_owner"):
        assert Entry.objects.filter(action="consent.record", case_id=consent.case_id).count() == 1


def test_a_no_and_a_closed_case_are_not_loaded_whatever_is_remembered(worker):
    lines = ({**PERSON, "con_Consent": False}, {**PERSON, "cas_Status": "ClosedReferred"}, PERSON)
    made = matched(worker, brought(worker, filled(SHEETS[0], *lines)))
    page = text(Hand(worker).get("import-detail", made.pk))
    assert made.good == 1 and "la personne a dit non" in page and "un dossier se clôt ici" in page
    with acting_as(worker):
        assert not made.content["words"], "neither is asked as a word without meaning"
        imports.match_values(worker, made.pk, {"consent": {"Jamais": "no"}})
        loaded(worker, made, only_good=True)
        assert Case.objects.count() == 1


def test_an_import_with_agreements_is_taken_back_until_one_is_withdrawn(worker):
    first, second = (loaded(worker, matched(worker, brought(worker, filled(SHEETS[0], PERSON)))) for _ in range(2))
    with acting_as(worker):
        assert imports.undo_import(worker, first.pk) == 1
        assert Consent.objects.count() == Case.objects.count() == 1
        withdraw_consent(worker, Consent.objects.get().pk)
        assert imports.cases_worked_on(worker, second.pk) == 1


def test_columns_are_mapped_by_code_wherever_they_stand_and_however_the_form_names_them(worker):
    """An answer of the XLSForm: groups before the names, underscores, choices parted by spaces."""
    asked = load_workbook(OFFICIAL / "htcds_xlsform.xlsx").worksheets[0]
    names = [row[1].value for row in asked.iter_rows(min_row=2) if row[1].value]
    names = [name for name in names if "_" in name and not name.startswith("__")][::-1]
    assert "prs_First_Name" in names and "vic_Methods_of_Control" in names
    answer = {
        "con_Consent": "TRUE",
        "prs_Birthdate": "1990-05-02",
        "vic_TypeOfExploitation": "ForcedLabour ChildLabour",
    }
    book = Workbook()
    book.active.append([f"group_1/{name}" for name in names])
    book.active.append([answer.get(name, "MARQUEUR" if name.startswith("prs_F") else "") for name in names])
    out = io.BytesIO()
    book.save(out)
    made = brought(worker, out.getvalue())
    headers = made.content["headers"]
    form = MatchForm(headers=headers, guessed=made.content["matching"])
    silent = [
        h
        for n, h in enumerate(headers)
        if str(n) not in made.content["matching"] and not str(form.fields[f"column_{n}"].help_text)
    ]
    assert not silent
    made = loaded(worker, matched(worker, made))
    with acting_as(worker):
        assert [case.form for case in Case.objects.all()] == ["labour_exploitation"]


def test_a_column_that_is_never_read_cannot_be_given_a_meaning(worker):
    made = brought(worker, filled(SHEETS[0], PERSON))
    name = made.content["headers"].index("prs_FirstName")
    page = text(Hand(worker).get("import-detail", made.pk))
    assert "Qui est la personne : cela s'écrit dans le dossier" in page and "MARQUEUR" not in page
    born = made.content["headers"].index("prs_Birthdate")
    sent = {f"column_{born}": "age_side", f"column_{name}": "reference"}
    assert Hand(worker).post("import-detail", made.pk, **sent).status_code == 200
    with acting_as(worker), pytest.raises(imports.NotAllowed):
        imports.match_columns(worker, made.pk, {born: "age_side", name: "reference"})


def test_servitude_is_asked_since_it_is_two_forms_here(worker):
    made = matched(worker, brought(worker, filled(SHEETS[0], {**PERSON, "vic_TypeOfExploitation": "Servitude"})))
    page = text(Hand(worker).get("import-detail", made.pk))
    assert made.good == 0 and "« Servitude »" in page and 'value="domestic_servitude" selected' in page


def test_a_table_of_the_standard_without_a_line_says_so(worker):
    form = TableForm({}, {"table": SimpleUploadedFile("table", filled(SHEETS[0]))})
    assert not form.is_valid() and "table" in form.errors
