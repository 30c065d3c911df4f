"""Hostile files: each is refused with the code written beside it, or nothing of what made it hostile is left."""

import io
import re
import zlib

import pikepdf
import pytest
from PIL import Image

from foundation.files.cleaning import Cleaned, FileRefused, clean

from .hostile import MARKERS, NEUTRALISED, Hostile
from .hostile_documents import documents
from .hostile_others import EICAR, all_others
from .hostile_pictures import PICTURE_SIZE, pictures

CORPUS = [*pictures(), *documents(), *all_others()]
ACTS = re.compile(
    rb"/(JS|JavaScript|OpenAction|AA|A|Launch|URI|GoToR|GoToE|SubmitForm|ImportData|EmbeddedFiles?|EF|XFA|AcroForm|Annots"
    rb"|RichMedia\w*|Metadata|PieceInfo|Author|Outlines|Names|Encrypt)\b"
)


def told_by(cleaned: Cleaned) -> bytes:
    """Return what a file holds, as it is and decompressed."""
    if cleaned.media_type != "application/pdf":
        return cleaned.content + _inflated(cleaned.content)
    found = [cleaned.content]
    with pikepdf.open(io.BytesIO(cleaned.content)) as pdf:
        for one in pdf.objects:
            found.append(one.unparse() if isinstance(one, pikepdf.Object) else b"")
            if isinstance(one, pikepdf.Stream):
                raw = one.read_raw_bytes()
                found += [raw, _inflated(raw)]
    return b"\n".join(found)


def _inflated(content: bytes) -> bytes:
    """Return what any zlib data in it unfolds to."""
    found = []
    for start in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", content):
        try:
            found.append(zlib.decompressobj().decompress(content[start.start() :], 200_000))
        except zlib.error:
            continue
        if len(found) > 200:
            break
    return b"\n".join(found)


def test_the_corpus_is_large_and_of_every_kind():
    assert len(CORPUS) >= 100
    assert len({one.what for one in CORPUS}) == len(CORPUS)
    said = {one.said for one in CORPUS}
    assert said >= {
        "empty",
        "too_large",
        "type",
        "archive",
        "office",
        "damaged",
        "too_many_pixels",
        "too_many_pages",
        "password",
    }


@pytest.mark.parametrize("one", CORPUS, ids=lambda one: one.what)
def test_a_hostile_file_is_refused_or_neutralised(one: Hostile):
    try:
        cleaned = clean(one.content, one.name)
    except FileRefused as refused:
        assert (refused.code, one.expected) == (one.said, "refused")
        return
    assert (cleaned.media_type, one.expected) == (one.said, NEUTRALISED)
    assert cleaned.name.endswith(f".{cleaned.extension}")
    assert re.fullmatch(r"[\w .()=_-]{1,110}", cleaned.name)
    if one.content == EICAR:
        return  # for the scanner
    told = told_by(cleaned)
    assert [mark for mark in MARKERS if mark in told] == []
    if cleaned.extension == "pdf":
        assert ACTS.findall(told) == []
        with pikepdf.open(io.BytesIO(cleaned.content)) as pdf:
            assert set(pdf.Root.keys()) == {"/Type", "/Pages"}
            assert not pdf.docinfo
            assert len(pdf.pages) == 1
    elif cleaned.extension in ("jpg", "png"):
        with Image.open(io.BytesIO(cleaned.content)) as image:
            image.load()
            assert not image.getexif()
            assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_the_words_of_a_page_are_kept_when_what_acts_is_taken_out():
    kept = {
        "PDF: JavaScript by its name",
        "PDF: its author",
        "PDF: a photograph with its place",
        "PDF: a link to a site",
    }
    for one in CORPUS:
        if one.what in kept:
            assert b"(seen)" in told_by(clean(one.content, one.name)), one.what


def test_what_was_typed_into_a_form_stays_on_the_page():
    one = next(one for one in CORPUS if one.what == "PDF: a form that calculates and sends")
    assert b"typed" in told_by(clean(one.content, one.name))


def test_pictures_of_the_corpus_that_are_taken_are_of_their_size():
    sizes = set()
    for one in CORPUS:
        if one.what.startswith(("JPEG and", "JPEG with its place", "HEIC with its place")):
            sizes.add(Image.open(io.BytesIO(clean(one.content, one.name).content)).size)
    assert sizes == {PICTURE_SIZE}
