"""A text written as OpenDocument is read by another program (odfdo): headings, language, signs, spaces."""

import io
import zipfile
from xml.etree import ElementTree

from odfdo import Document

from foundation.documents import odt

TITLE = "Réponse & « cycle » <4>"


def made() -> bytes:
    parts = [
        odt.heading(TITLE, 1),
        odt.paragraph("Attendue   le 3 mars\tdeux\nlignes", "Note"),
        odt.heading("1. Combien ?", 2),
        odt.paragraph("Douze \x0bcours."),
    ]
    return odt.write(TITLE, "fr-FR", parts)


def test_a_text_is_read_by_another_program():
    document = Document(io.BytesIO(made()))
    assert (document.language, document.meta.title) == ("fr-FR", TITLE)
    assert [(each.level, each.inner_text) for each in document.body.headers] == [("1", TITLE), ("2", "1. Combien ?")]
    note, answer = document.body.paragraphs
    assert (note.style, note.inner_text) == ("Note", "Attendue   le 3 mars\tdeux\nlignes")
    assert (answer.style, answer.inner_text) == ("Text_20_body", "Douze cours.")


def test_each_style_that_a_text_names_is_defined():
    with zipfile.ZipFile(io.BytesIO(made())) as folder:
        first, *others = folder.infolist()
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        parts = {each.filename: ElementTree.fromstring(folder.read(each)) for each in others}
    space = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
    used = {each.get(space % "text" + "style-name") for each in parts["content.xml"].iter()} - {None}
    defined = {each.get(space % "style" + "name") for each in parts["styles.xml"].iter()}
    assert used == {"Heading_20_1", "Heading_20_2", "Note", "Text_20_body"}
    assert used <= defined
    listed = {each.get(space % "manifest" + "full-path") for each in parts["META-INF/manifest.xml"]}
    assert listed == {"/", *parts} - {"META-INF/manifest.xml"}
