"""What people send is taken: photographs of telephones, screenshots, papers as PDF, plain text."""

import io

import pikepdf
import pillow_heif
import pytest
from django.utils import translation
from PIL import Image

from foundation.files.cleaning import FileRefused, clean
from foundation.files.words import REFUSALS

pillow_heif.register_heif_opener()


def picture(kind: str, mode: str = "RGB", **how) -> bytes:
    """Return a picture that is red on the left and blue on the right."""
    image = Image.new("RGB", (40, 20), (200, 0, 0))
    image.paste((0, 0, 200), (20, 0, 40, 20))
    made = io.BytesIO()
    image = image.convert(mode)
    if mode == "RGBA":
        image.putpixel((0, 0), (0, 0, 0, 0))  # one that is opaque all over needs no such channel
    image.save(made, kind, **how)
    return made.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def near(pixel, wanted) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(pixel, wanted, strict=True))


@pytest.mark.parametrize(
    ("kind", "mode", "media_type", "extension"),
    [
        ("JPEG", "RGB", "image/jpeg", "jpg"),
        ("JPEG", "CMYK", "image/jpeg", "jpg"),
        ("PNG", "RGB", "image/png", "png"),
        ("PNG", "RGBA", "image/png", "png"),
        ("PNG", "P", "image/png", "png"),
        ("WEBP", "RGB", "image/jpeg", "jpg"),
        ("WEBP", "RGBA", "image/png", "png"),
        ("HEIF", "RGB", "image/jpeg", "jpg"),
    ],
)
def test_a_picture_is_made_anew_and_shows_the_same(kind, mode, media_type, extension):
    cleaned = clean(picture(kind, mode), "whatever.exe")
    assert (cleaned.media_type, cleaned.extension) == (media_type, extension)
    shown = opened(cleaned.content)
    assert shown.size == (40, 20)
    assert near(shown.getpixel((5, 10)), (200, 0, 0))
    assert near(shown.getpixel((35, 10)), (0, 0, 200))


@pytest.mark.parametrize("mode", ["L", "1", "LA", "I;16"])
def test_a_picture_without_colours_keeps_its_light(mode):
    image = Image.new("L", (40, 20), 255)
    image.paste(0, (20, 0, 40, 20))
    if mode == "I;16":
        image = image.convert("I").point(lambda value: value * 257).convert("I;16")
    made = io.BytesIO()
    (image if mode == "I;16" else image.convert(mode)).save(made, "PNG")
    shown = opened(clean(made.getvalue(), "a").content)
    assert near(shown.getpixel((5, 10)), (255, 255, 255))
    assert near(shown.getpixel((35, 10)), (0, 0, 0))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_taken_sideways_is_turned_as_it_was_shown(kind):
    exif = Image.Exif()
    exif[0x0112] = 6  # the right of what the lens saw is the bottom
    shown = opened(clean(picture(kind, exif=exif), "a").content)
    assert shown.size == (20, 40)
    assert near(shown.getpixel((10, 5)), (200, 0, 0))
    assert near(shown.getpixel((10, 35)), (0, 0, 200))


def test_a_document_keeps_its_pages():
    made, source = io.BytesIO(), pikepdf.new()
    for number in range(3):
        page = source.add_blank_page(page_size=(300 + number, 400))
        page.Contents = source.make_stream(f"BT /F1 12 Tf 50 50 Td (page {number}) Tj ET".encode())
    source.save(made)
    cleaned = clean(made.getvalue(), "a")
    assert (cleaned.media_type, cleaned.extension) == ("application/pdf", "pdf")
    with pikepdf.open(io.BytesIO(cleaned.content)) as found:
        assert [float(page.MediaBox[2]) for page in found.pages] == [300, 301, 302]
        for number, page in enumerate(found.pages):
            assert f"(page {number})".encode() in page.Contents.read_bytes()


@pytest.mark.parametrize("typed", ["Né à Évry, 12 mai.\r\nSuite\n", "\ufeffBonjour", "ሰላም\t你好\n"])
def test_plain_text_is_taken_as_it_is(typed):
    cleaned = clean(typed.encode(), "a.html")
    assert (cleaned.content.decode(), cleaned.media_type) == (typed.removeprefix("\ufeff"), "text/plain")
    assert cleaned.name == "a.txt"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Certificat médical.PNG", "Certificat médical.png"),
        ("../../etc/passwd", "passwd.png"),
        ("C:\\Users\\x\\photo.jpg", "photo.png"),
        ("rapport.pdf.exe", "rapport.png"),
        ("photo\u202egnp.exe", "photognp.png"),
        ("photo.png\0.exe", "photo.png"),
        ("a\r\nSet-Cookie: x=1.png", "aSet-Cookie_ x=1.png"),
        ("vu le 12.05.2026", "vu le 12.05.2026.png"),
        ("x" * 300 + ".png", "x" * 100 + ".png"),
        ("", "document.png"),
        ("...", "document.png"),
        (".htaccess", "htaccess.png"),
        ('<img src=x onerror="alert(1)">.png', "_img src=x onerror=_alert(1)__.png"),
    ],
)
def test_a_name_says_what_the_file_is_and_leads_nowhere(name, shown):
    assert clean(picture("PNG"), name).name == shown


def test_each_refusal_says_in_both_languages_what_to_do():
    for code in REFUSALS:
        told = {}
        for language in ("fr", "en"):
            with translation.override(language):
                told[language] = str(FileRefused(code))
        assert told["fr"] != told["en"]
        assert not any("%" in words for words in told.values())
