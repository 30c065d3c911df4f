"""Build what is neither a picture nor a PDF: archives, files of office programs, pages, programs."""

import gzip
import io
import tarfile
import zipfile
from collections.abc import Iterator

from .hostile import NEUTRALISED, REFUSED, SCRIPT, Hostile

# in two halves: whole, scanners of this machine would take this module away
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
OFFICE = {
    "DOCX with a macro": (
        "a.docm",
        {"[Content_Types].xml": b"<Types/>", "word/vbaProject.bin": b"\xd0\xcf\x11\xe0" + SCRIPT},
    ),
    "DOCX that reads a file of the server": (
        "a.docx",
        {"[Content_Types].xml": b'<!DOCTYPE a [<!ENTITY b SYSTEM "/etc/passwd">]><a>&b;</a>'},
    ),
    "XLSX": ("a.xlsx", {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}),
    "PPTX": ("a.pptx", {"[Content_Types].xml": b"<Types/>", "ppt/presentation.xml": b"<p/>"}),
    "ODT": ("a.odt", {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": SCRIPT}),
    "DOCX under the name of a picture": ("a.jpg", {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}),
}


def zipped(parts: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def office() -> Iterator[Hostile]:
    for what, (name, parts) in OFFICE.items():
        yield Hostile(what, name, zipped(parts), REFUSED, "office")
    yield Hostile("DOC of old", "a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000), REFUSED, "office")
    yield Hostile("RTF that fetches", "a.rtf", b"{\\rtf1 {\\field{\\*\\fldinst INCLUDEPICTURE x}}}", REFUSED, "office")


def archives() -> Iterator[Hostile]:
    inner = zipped({f"{number}": bytes(100_000) for number in range(20)})
    tarred = io.BytesIO()
    with tarfile.open(fileobj=tarred, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("../../etc/cron.d/x"))
    kinds = {
        "ZIP": zipped({"a.exe": b"MZ"}),
        "ZIP in a ZIP": zipped({f"{number}.zip": inner for number in range(5)}),
        "an empty ZIP": b"PK\x05\x06" + bytes(18),
        "gzip": gzip.compress(bytes(10_000_000)),
        "tar that climbs": tarred.getvalue(),
        "7z": b"7z\xbc\xaf\x27\x1c" + bytes(100),
        "RAR": b"Rar!\x1a\x07\x01\0" + bytes(100),
        "xz": b"\xfd7zXZ\0" + bytes(100),
        "bzip2": b"BZh91AY&SY" + bytes(100),
        "zstd": b"\x28\xb5\x2f\xfd" + bytes(100),
        "CAB": b"MSCF" + bytes(100),
    }
    for what, content in kinds.items():
        yield Hostile(what, "a.jpg", content, REFUSED, "archive")


def others() -> Iterator[Hostile]:
    drawing = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'>" + SCRIPT + b"</svg>"
    kinds = {
        "SVG with a script": drawing,
        "SVG under a mark of order": b"\xef\xbb\xbf\n " + drawing,
        "a page": b"<!doctype html>" + SCRIPT,
        "XML with entities": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "/etc/passwd">]><a>&b;</a>',
        "a page in UTF-16": ("<html>" + SCRIPT.decode()).encode("utf-16"),
        "a page in UTF-7 with zeros": b"+ADw-script+AD4-\0" + SCRIPT,
        "a program of Windows": b"MZ" + bytes(3_000),
        "a program of Linux": b"\x7fELF" + bytes(3_000),
        "a script of a shell": b"#!/bin/sh\nrm -rf /\n",
        "PostScript": b"%!PS-Adobe-3.0\n(r) file\n",
        "a saved mail": b"MIME-Version: 1.0\nContent-Type: text/html\n\n" + SCRIPT,
        "a film": b"\0\0\0\x18ftypmp42" + bytes(3_000),
        "AVIF": b"\0\0\0\x1cftypavif" + bytes(3_000),
        "zeros": bytes(100_000),
        "noise": bytes(range(256)) * 400,
        "text with signs that act on a terminal": b"hello \x1b]0;x\x07",
        "a text of Windows of old": "é".encode("cp1252"),
    }
    for what, content in kinds.items():
        yield Hostile(what, "a.pdf", content, REFUSED, "type")
    yield Hostile("nothing", "a.pdf", b"", REFUSED, "empty")
    yield Hostile("blanks", "a.txt", b" \n\n", REFUSED, "empty")
    yield Hostile("sixteen megabytes", "a.txt", b"a" * 16_000_000, REFUSED, "too_large")
    yield Hostile("a text of three megabytes", "a.txt", b"a" * 3_000_000, REFUSED, "too_large")
    yield Hostile("the test of scanners", "a.com", EICAR, NEUTRALISED, "text/plain")  # text to the letter: see scanning
    yield Hostile("formulas for a spreadsheet", "a.csv", b"=cmd|' /C calc'!A0,1\n", NEUTRALISED, "text/plain")


def all_others() -> Iterator[Hostile]:
    for some in (office, archives, others):
        yield from some()
