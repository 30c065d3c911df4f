"""Write XLSX workbooks: one sheet of texts and numbers, row by row.

Written by hand in a few lines, as OpenDocument is: the library keeps the sheet in a plain file on the disk until the
workbook is saved, where what a row says of a person outlives a crash. The tests use it to read what is written here.
"""

import zipfile
from collections.abc import Iterable
from itertools import chain
from typing import IO

from .ods import clean

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST = 32_767  # signs of a cell: no spreadsheet opens more
DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
SCHEMA = "http://schemas.openxmlformats.org/"
MAIN, SHEET_ML = f"{SCHEMA}spreadsheetml/2006/main", "application/vnd.openxmlformats-officedocument.spreadsheetml"
RELATION = f"{SCHEMA}officeDocument/2006/relationships"
SHEET = "xl/worksheets/sheet1.xml"
ENDS = "</sheetData></worksheet>"


def write(out: IO[bytes], title: str, columns, rows: Iterable) -> None:
    """Write a workbook of one sheet into `out`, which need not seek. A text stays a text, whatever it begins with."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as folder:
        for path, text in _parts(title).items():
            folder.writestr(path, DECLARED + text)
        with folder.open(SHEET, "w") as sheet:
            sheet.write(f'{DECLARED}<worksheet xmlns="{MAIN}"><sheetData>'.encode())
            letters: list[str] = []
            for number, row in enumerate(chain([columns], rows), 1):
                letters += [_letters(n) for n in range(len(letters), len(row))]
                cells = "".join(_cell(f"{letters[n]}{number}", value) for n, value in enumerate(row))
                sheet.write(f'<row r="{number}">{cells}</row>'.encode())
            sheet.write(ENDS.encode())


def _parts(title: str) -> dict[str, str]:
    def relations(sort: str, target: str) -> str:
        return (
            f'<Relationships xmlns="{SCHEMA}package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{RELATION}/{sort}" Target="{target}"/></Relationships>'
        )

    return {
        "[Content_Types].xml": (
            f'<Types xmlns="{SCHEMA}package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{SHEET_ML}.sheet.main+xml"/>'
            f'<Override PartName="/{SHEET}" ContentType="{SHEET_ML}.worksheet+xml"/></Types>'
        ),
        "_rels/.rels": relations("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{RELATION}"><sheets>'
            f'<sheet name="{clean(title)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": relations("worksheet", SHEET.removeprefix("xl/")),
    }


def _letters(number: int) -> str:
    """Return the letters of a column, counted from 0: A to Z, AA, AB…"""
    before, last = divmod(number, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)


def _cell(place: str, value) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f'<c r="{place}"><v>{value}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{clean(str(value)[:LONGEST])}</t></is></c>'
