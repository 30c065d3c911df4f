"""Tables as small organisations have them, and files that are none: read as text, or refused in words."""

import io
import zipfile

import odfdo
import pytest
from django.utils import translation
from openpyxl import Workbook

from foundation.tables import ods, reading
from foundation.tables.reading import Unreadable, read
from referral.imports.rules import guess_columns, naming

ROWS = "Référence;Âge;Département\r\nA-1;majeure;75\r\nA-2;mineur;93\r\n"


def workbook(*rows) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def french():
    with translation.override("fr"):
        yield


@pytest.mark.parametrize(
    "data",
    [
        ROWS.encode(),
        ROWS.encode("utf-8-sig"),
        ROWS.encode("cp1252"),
        ROWS.encode("utf-16"),
        ROWS.replace(";", ",").encode(),
        ROWS.replace(";", "\t").encode(),
        ("\r\n" + ROWS.replace("\r\n", "\n") + "\n;;\n").encode(),
        workbook(["Référence", "Âge", "Département"], ["A-1", "majeure", 75], [], ["A-2", "mineur", "93"]),
        ods.write(
            "Feuille", ["Référence", "Âge", "Département"], [["A-1", "majeure", 75], [], ["A-2", "mineur", "93"]]
        ),
    ],
)
def test_the_same_table_however_it_was_saved(data):
    table = read(data)
    assert table.headers == ["Référence", "Âge", "Département"]
    assert table.rows == [["A-1", "majeure", "75"], ["A-2", "mineur", "93"]]


def test_a_comma_in_words_does_not_cut_a_semicolon_table():
    table = read('Référence;Forme\nA-1;"Vols, recels"\nA-2;mendicité, contrainte\n'.encode())
    assert table.rows == [["A-1", "Vols, recels"], ["A-2", "mendicité, contrainte"]]


def test_a_formula_is_never_computed():
    """What a spreadsheet never showed is empty; a text that looks like a formula stays a text."""
    assert read(workbook(["a", "b"], ["A-1", "=1+1"])).rows == [["A-1", ""]]
    assert read(b"a;b\nA-1;=1+1\n").rows == [["A-1", "=1+1"]]


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr("xl/workbook.xml", b"0" * (reading.UNFOLDED_BYTES + 1))
    return out.getvalue()


def entities() -> bytes:
    """A workbook whose first sheet grows by nested entities."""
    source, out = zipfile.ZipFile(io.BytesIO(workbook(["a", "b"], ["c", "d"]))), io.BytesIO()
    with zipfile.ZipFile(out, "w") as folder:
        for name in source.namelist():
            text = source.read(name)
            if name.endswith("sheet1.xml"):
                text = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><sheet>&b;</sheet>'
            folder.writestr(name, text)
    return out.getvalue()


def folder_of(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as folder:
        folder.writestr(name, b"x")
    return out.getvalue()


ODS_CELL = "<table:table-cell office:value-type='string'><text:p>x</text:p></table:table-cell>"


def ods_of(before: str, rows: str) -> bytes:
    out, spaces = io.BytesIO(), " ".join(f'xmlns:{name}="{address}"' for name, address in ods.SPACES.items())
    with zipfile.ZipFile(out, "w") as folder:
        folder.writestr("content.xml", f"{before}<office:body {spaces}><table:table>{rows}</table:table></office:body>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "vide"),
        (b"a;b\n", "vide"),
        (b"\xd0\xcf\x11\xe0rest", "ancien format .xls"),
        (b"a;b\n\0;c\n", "n'est pas un tableau"),
        (b"PK\x03\x04broken", "ne s'ouvre pas"),
        (folder_of("word/document.xml"), "n'est pas un classeur"),
        (folder_of("content.xml"), "ne s'ouvre pas"),
        (ods_of("<!DOCTYPE x [<!ENTITY a 'aa'>]>", "<table:table-row/>"), "ne s'ouvre pas"),
        (
            ods_of("", "<table:table-row table:number-rows-repeated='9999999'><table:table-cell/></table:table-row>"),
            "vide",
        ),
        (
            ods_of("", "<table:table-row table:number-rows-repeated='99999'>" + ODS_CELL + "</table:table-row>"),
            "2 000 lignes",
        ),
        (bomb(), "trop gros"),
        (entities(), "ne s'ouvre pas"),
        (b"a;b\n" + b"x;y\n" * 2001, "2 000 lignes"),
        ((";".join("abcdefghij" * 5) + "\n1\n").encode(), "40 colonnes"),
        (b"a;b\nx;" + b"y" * 501, "500 caract"),
        (b"x" * 2_000_001, "2 Mo"),
        (b"\xff\xfe\x00\xd8\x00\xd8", "ne sont pas lisibles"),
    ],
)
def test_what_is_no_table_is_refused_in_words(data, said):
    with pytest.raises(Unreadable) as refused:
        read(data)
    assert said in str(refused.value)


def test_at_the_limits_it_is_read():
    assert len(read(b"a;b\n" + b"x;y\n" * 2000).rows) == 2000
    assert len(read((";".join("abcdefghij" * 4) + "\n1;2\n").encode()).headers) == 40
    assert read(b"a;b\nx;" + b"y" * 500).rows == [["x", "y" * 500]]


def test_columns_are_recognised_and_those_with_names_never_are():
    headers = ["N° de dossier", "Nom", "Prénom", "Âge", "Téléphone", "Dépt", "Référence", "Notes"]
    assert guess_columns(headers, {}) == {3: "age_side", 5: "territory", 6: "reference"}
    assert guess_columns(headers, {"n de dossier": "reference", "nom": "sex"}) == {
        0: "reference",
        3: "age_side",
        5: "territory",
    }
    assert [naming(h) for h in headers] == [False, True, True, False, True, False, False, True]


def test_a_sheet_of_another_program_is_read_as_it_shows():
    """What an office program writes: repeated cells and lines, dates, decimals, an empty rest of a million lines."""
    cell = "<table:table-cell office:value-type='{}'{}>{}</table:table-cell>"
    rest = "<table:table-cell table:number-columns-repeated='16381'/>"
    rows = (
        f"<table:table-row>{cell.format('string', " table:number-columns-repeated='2'", '<text:p>N</text:p>')}"
        f"{cell.format('string', '', '<text:p>Jour</text:p>')}{rest}</table:table-row>"
        "<table:table-row table:number-rows-repeated='2'>"
        f"{cell.format('float', " office:value='75'", '<text:p>75</text:p>')}"
        f"{cell.format('string', " table:formula='of:=1+1'", '<text:p>a</text:p><text:p>b</text:p>')}"
        f"{cell.format('date', " office:date-value='2026-03-15'", '<text:p>15 mars</text:p>')}</table:table-row>"
        f"<table:table-row table:number-rows-repeated='1048573'>{rest}</table:table-row>"
    )
    table = read(ods_of("", rows))
    assert table.headers == ["N", "N", "Jour"]
    assert table.rows == [["75", "a\nb", "15/03/2026"]] * 2


def test_what_is_written_is_read_by_another_program():
    """odfdo reads it: texts that look like formulas stay texts, numbers are numbers, odd signs do no harm."""
    made = ods.write("Export & « suivi »", ["A", "B"], [["=1+1", 3], ["<b> & \x0b fin", ""], ["é\nà", 2.5]])
    with zipfile.ZipFile(io.BytesIO(made)) as folder:
        first = folder.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    sheet = odfdo.Document(io.BytesIO(made)).body.get_table(0)
    assert sheet.name == "Export & « suivi »"
    assert [list(row) for row in sheet.get_values()] == [["A", "B"], ["=1+1", 3], ["<b> &  fin", None], ["é\nà", 2.5]]
    assert sheet.get_cell((0, 1)).formula is None
