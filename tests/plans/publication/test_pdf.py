"""Documents: tagged, titled, the same bytes for the same content, and nothing typed becomes a command."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from foundation.documents import pdf
from plans.models import PublicFigure
from tests.plans.pdf_text import Pdf

TYPED = 'Titre #read("/etc/passwd") *gras* `code` <étiquette> $x^2$ \\ #panic() « é » 13,6 %'


def made(title="Essai", at=None, words=TYPED):
    series = {"title": words, "about": words, "head": ["Année", "Valeur"], "rows": [["2016", words]], "columns": [1, 2]}
    return pdf.render("figures", {"notes": [words], "series": [series]}, title=title, language="fr", at=at)


def test_it_is_tagged_titled_and_in_its_language():
    read = Pdf(made())
    assert b"/MarkInfo<</Marked true" in read.root
    assert b"/StructTreeRoot" in read.root
    assert b"/Lang(fr)" in read.root
    about = next(stream for stream in read.streams.values() if b"xpacket" in stream).decode()
    assert "pdfuaid" in about, "it says itself PDF/UA"
    assert ">Essai<" in about
    assert read.fonts
    assert all(b"Libertinus" in font for font in read.fonts.values()), "only the fonts that the library carries"


def test_what_was_typed_is_printed_as_typed():
    text = Pdf(made()).text
    for sign in ('#read("/etc/passwd")', "*gras*", "`code`", "<étiquette>", "$x^2$", "#panic()"):
        assert text.count(sign) == 4, (sign, text)


def test_the_same_content_gives_the_same_bytes():
    at = datetime(2026, 11, 24, tzinfo=UTC)
    assert made(at=at) == made(at=at)
    assert made(at=at) != made(at=at, words="Autre")


def test_the_lead_of_a_plan_stands_on_a_line_of_its_own_without_notes():
    """A validated plan whose measures are all known has no note between its checksum and its lead."""
    data = {"about": "Empreinte abc", "notes": [], "facts": [["Pilote", "Mission"]], "parts": []}
    read = Pdf(pdf.render("plan", data, title="Essai", language="fr"))
    heights = re.findall(
        rb"1 0 0 -1 [\d.]+ ([\d.]+) cm",
        next(body for body in read.streams.values() if b" Tj" in body or b"]TJ" in body),
    )
    title, about, label, value = heights[:4]
    assert len({title, about, label}) == 3 and label == value


@pytest.mark.django_db
def test_notes_of_figures_stand_under_their_table_and_the_origin_is_not_repeated():
    text = Pdf(Client().get("/statistiques/chiffres.pdf").content).text
    assert "lu dans la source" not in text
    doubtful = PublicFigure.objects.filter(to_check=True).first()
    assert doubtful.note_fr[:20] in text.replace("\u00a0", " ")
    assert "environ 2" in text
