"""Read and write OpenDocument spreadsheets: one sheet of texts and numbers.

Written by hand in a few lines: the library takes minutes for the lines of one export (the tests use it to read what is
written here). Nothing in a file that is read is executed: no formula, link or entity.
"""

import io
import time
import zipfile
import zlib
from collections.abc import Iterable
from itertools import chain
from typing import IO
from xml.sax.saxutils import escape

from defusedxml.ElementTree import iterparse

MIME = "application/vnd.oasis.opendocument.spreadsheet"
SPACES = {name: f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" for name in ("office", "table", "text")}
CONTENT = "content.xml"
OFFICE, TABLE, TEXT = (f"{{{SPACES[name]}}}" for name in ("office", "table", "text"))


def package(mime: str, parts: dict[str, str]) -> bytes:
    """Return an OpenDocument file as bytes, from its XML parts (path inside the archive: text)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as folder:
        _identify(folder, mime)
        for path, text in parts.items():
            folder.writestr(path, text)
        folder.writestr("META-INF/manifest.xml", _manifest(mime, parts))
    return out.getvalue()


def _identify(folder: zipfile.ZipFile, mime: str) -> None:
    """Write the entry that identifies the format: first, not compressed, its size before it.

    The library writes the size behind an entry where the stream cannot seek; some programs then refuse this one.
    """
    said, out = mime.encode(), folder.fp
    if out is None:
        raise ValueError("The archive is closed.")
    entry = zipfile.ZipInfo("mimetype", time.localtime()[:6])
    entry.file_size = entry.compress_size = len(said)
    entry.CRC, entry.header_offset = zlib.crc32(said), out.tell()
    out.write(entry.FileHeader(zip64=False) + said)
    folder.filelist.append(entry)
    folder.NameToInfo[entry.filename] = entry
    folder.start_dir = out.tell()  # where the next entry begins


def _manifest(mime: str, parts: Iterable[str]) -> str:
    listed = {"/": mime} | dict.fromkeys(parts, "text/xml")
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
        for path, kind in listed.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest manifest:version="1.3" '
        f'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{entries}</manifest:manifest>'
    )


def write(title: str, columns, rows) -> bytes:
    """Return a sheet as bytes, as `write_to` writes it."""
    out = io.BytesIO()
    write_to(out, title, columns, rows)
    return out.getvalue()


def write_to(out: IO[bytes], title: str, columns, rows: Iterable) -> None:
    """Write a sheet into `out`, row by row; it need not seek. A text stays a text, whatever it begins with."""
    spaces = " ".join(f'xmlns:{name}="{address}"' for name, address in SPACES.items())
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as folder:
        _identify(folder, MIME)
        with folder.open(CONTENT, "w") as content:
            content.write(
                f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.3">'
                f'<office:body><office:spreadsheet><table:table table:name="{clean(title)}">'.encode()
            )
            for row in chain([columns], rows):
                content.write(f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>".encode())
            content.write(b"</table:table></office:spreadsheet></office:body></office:document-content>")
        folder.writestr("META-INF/manifest.xml", _manifest(MIME, [CONTENT]))


def _cell(value) -> str:
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, int | float) and not isinstance(value, bool):
        declared, words = f'office:value-type="float" office:value="{value}"', str(value)
    else:
        declared, words = 'office:value-type="string"', str(value)
    lines = "".join(f"<text:p>{clean(line)}</text:p>" for line in words.split("\n"))
    return f"<table:table-cell {declared}>{lines}</table:table-cell>"


def clean(text: str) -> str:
    """Return the text escaped for XML, without the characters that XML forbids."""
    kept = "".join(
        sign for sign in str(text) if sign in "\t\n" or ord(sign) >= 32 and ord(sign) not in (0xFFFE, 0xFFFF)
    )
    return escape(kept, {'"': "&quot;"})


def read(content, *, columns: int, rows: int):
    """Yield the rows of the first sheet as lists of texts, at most `columns` cells each and `rows` rows.

    Repeated cells and rows (an empty sheet is one of each, repeated) are expanded within these limits only.
    """
    given = 0
    for _event, part in iterparse(content, events=("end",), forbid_dtd=True):
        if part.tag == f"{TABLE}table":
            return
        if part.tag != f"{TABLE}table-row":
            continue
        cells = []
        for cell in part:
            if cell.tag in (f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
                cells += [_cell_text(cell)] * min(_times(cell, "columns"), columns - len(cells))
        times = _times(part, "rows") if any(cells) else 1
        part.clear()
        for _ in range(times):
            if given == rows:
                return
            given += 1
            yield list(cells)


def _times(part, what: str) -> int:
    declared = part.get(f"{TABLE}number-{what}-repeated", "1")
    return int(declared) if declared.isascii() and declared.isdigit() and len(declared) < 9 else 1


def _cell_text(cell) -> str:
    """Return the text of a cell: a date as dd/mm/yyyy, a number without the formatting of the sheet."""
    sort = cell.get(f"{OFFICE}value-type")
    if sort == "date" and (day := cell.get(f"{OFFICE}date-value", "")[:10]).count("-") == 2:
        return "/".join(reversed(day.split("-")))
    if sort == "float" and (number := cell.get(f"{OFFICE}value", "")):
        return number.removesuffix(".0")
    return "\n".join("".join(line.itertext()) for line in cell.iter(f"{TEXT}p"))
