"""Build pictures that hide, flood, move or tell where they were taken."""

import io
import struct
import zlib
from collections.abc import Iterator

import pillow_heif
from PIL import Image, PngImagePlugin

from .hostile import NEUTRALISED, REFUSED, SCRIPT, Hostile, zeros

pillow_heif.register_heif_opener()
TELLS = b"GPS-OF-A-SHELTER"
PICTURE_SIZE = (40, 20)


def made(kind: str, mode: str = "RGB", size=PICTURE_SIZE, **how) -> bytes:
    written = io.BytesIO()
    Image.new(mode, size, 1).save(written, kind, **how)
    return written.getvalue()


def told() -> Image.Exif:
    """Return what a telephone notes: the place, the camera, a remark."""
    exif = Image.Exif()
    exif[0x010F] = exif[0x010E] = exif[0x9286] = TELLS.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 24.0), 3: "E", 4: (2.0, 21.0, 7.0), 29: TELLS.decode()})
    return exif


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png_of(width: int, height: int, content: bytes, *more: bytes) -> bytes:
    """Return a PNG of eight grey bits that says this size and holds this compressed content."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + chunk(b"IDAT", content) + chunk(b"IEND", b"")


def jpeg_of(width: int, height: int) -> bytes:
    """Return a JPEG whose head says another size than it holds."""
    content = bytearray(made("JPEG"))
    at = content.index(b"\xff\xc0") + 5
    content[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(content)


def moving(kind: str) -> bytes:
    written = io.BytesIO()
    frames = [Image.new("RGB", PICTURE_SIZE, colour) for colour in ("red", "blue", "green")]
    frames[0].save(written, kind, save_all=True, append_images=frames[1:], duration=50)
    return written.getvalue()


def behind_the_mark(content: bytes, mark: bytes, note: bytes) -> bytes:
    """Return a JPEG with a segment more behind its first mark."""
    return content[:2] + mark + struct.pack(">H", len(note) + 2) + note + content[2:]


def polyglots() -> Iterator[Hostile]:
    jpeg, png = made("JPEG"), made("PNG")
    zipped = b"PK\x03\x04" + SCRIPT + b"PK\x05\x06" + bytes(18)
    yield Hostile("GIF and JavaScript", "a.gif", b"GIF89a/*" + bytes(20) + b"*/=1;" + SCRIPT, REFUSED, "type")
    yield Hostile("GIF and JavaScript without a byte that is no text", "a.js", b"GIF89a=1;" + SCRIPT, REFUSED, "type")
    yield Hostile("JPEG and archive", "a.jpg", jpeg + zipped, NEUTRALISED, "image/jpeg")
    yield Hostile("JPEG and page", "a.html", jpeg + b"<html>" + SCRIPT, NEUTRALISED, "image/jpeg")
    yield Hostile(
        "JPEG with a page as its remark",
        "a.jpg",
        behind_the_mark(jpeg, b"\xff\xfe", b"*/" + SCRIPT),
        NEUTRALISED,
        "image/jpeg",
    )
    yield Hostile(
        "JPEG and PHP in EXIF",
        "a.php",
        behind_the_mark(jpeg, b"\xff\xe1", b"Exif\0\0" + SCRIPT),
        NEUTRALISED,
        "image/jpeg",
    )
    yield Hostile("PNG and archive", "a.png", png + zipped, NEUTRALISED, "image/png")
    yield Hostile(
        "PNG and page in a note",
        "a.png",
        png_of(1, 1, zlib.compress(b"\0\0"), chunk(b"tEXt", b"k\0" + SCRIPT)),
        NEUTRALISED,
        "image/png",
    )
    yield Hostile(
        "PNG and a part nobody knows",
        "a.png",
        png_of(1, 1, zlib.compress(b"\0\0"), chunk(b"evIl", SCRIPT)),
        NEUTRALISED,
        "image/png",
    )
    webp = made("WEBP")
    yield Hostile("WebP and archive", "a.webp", webp + zipped, NEUTRALISED, "image/jpeg")
    yield Hostile("BMP and JavaScript", "a.bmp", b"BM" + bytes(60) + SCRIPT, REFUSED, "type")
    yield Hostile("a picture under the name of a program", "photo.jpg.exe", jpeg, NEUTRALISED, "image/jpeg")
    yield Hostile("a name that turns round", "photo\u202egpj.exe", jpeg, NEUTRALISED, "image/jpeg")
    yield Hostile("a name with a zero", "photo.php\0.jpg", jpeg, NEUTRALISED, "image/jpeg")
    yield Hostile("a name of 300 signs", "x" * 296 + ".jpg", jpeg, NEUTRALISED, "image/jpeg")
    yield Hostile("a name that climbs", "../../../../srv/repere/settings.py", jpeg, NEUTRALISED, "image/jpeg")
    yield Hostile("a name with markup", '"><img src=x onerror=alert(1)>.jpg', jpeg, NEUTRALISED, "image/jpeg")


def floods() -> Iterator[Hostile]:
    flood = png_of(65_500, 65_500, zeros(4_300))
    yield Hostile("PNG of 65,500 by 65,500", "a.png", flood, REFUSED, "too_many_pixels")
    yield Hostile(
        "PNG that says four thousand million columns",
        "a.png",
        png_of(2**31 - 1, 2**31 - 1, b""),
        REFUSED,
        "too_many_pixels",
    )
    yield Hostile("JPEG that says 65,500 by 65,500", "a.jpg", jpeg_of(65_500, 65_500), REFUSED, "too_many_pixels")
    yield Hostile("JPEG that says more than it holds", "a.jpg", jpeg_of(4_000, 4_000), NEUTRALISED, "image/jpeg")
    yield Hostile(
        "PNG of one dot with two thousand megabytes behind it",
        "a.png",
        png_of(1, 1, zeros(2_000)),
        NEUTRALISED,
        "image/png",
    )
    note = chunk(b"zTXt", b"k\0\0" + zeros(2_000))
    yield Hostile(
        "PNG with a note of two thousand megabytes",
        "a.png",
        png_of(1, 1, zlib.compress(b"\0\0"), note),
        REFUSED,
        "damaged",
    )
    profile = chunk(b"iCCP", b"k\0\0" + zeros(2_000))
    yield Hostile(
        "PNG with colours of two thousand megabytes",
        "a.png",
        png_of(1, 1, zlib.compress(b"\0\0"), profile),
        REFUSED,
        "damaged",
    )
    largest = io.BytesIO()
    Image.new("RGBA", (5_000, 5_000), (1, 2, 3, 4)).save(largest, "PNG", exif=_turned())
    yield Hostile(
        "the largest picture that is taken, to be turned", "a.png", largest.getvalue(), NEUTRALISED, "image/png"
    )
    webp = made("WEBP", size=(16_000, 1_700))
    yield Hostile("WebP of more pixels than that", "a.webp", webp, REFUSED, "too_many_pixels")


def _turned() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


def notes() -> Iterator[Hostile]:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", TELLS.decode())
    text.add_itxt("XML:com.adobe.xmp", f"<x>{TELLS.decode()}</x>", zip=True)
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + TELLS + b"</x:xmpmeta>"
    yield Hostile(
        "JPEG with its place",
        "a.jpg",
        made("JPEG", exif=told(), comment=TELLS, icc_profile=TELLS * 9, xmp=xmp),
        NEUTRALISED,
        "image/jpeg",
    )
    yield Hostile(
        "PNG with its place",
        "a.png",
        made("PNG", exif=told(), pnginfo=text, icc_profile=TELLS * 9),
        NEUTRALISED,
        "image/png",
    )
    yield Hostile(
        "WebP with its place",
        "a.webp",
        made("WEBP", exif=told(), icc_profile=TELLS * 9, xmp=xmp),
        NEUTRALISED,
        "image/jpeg",
    )
    yield Hostile(
        "WebP with its place and what shines through",
        "a.webp",
        made("WEBP", "RGBA", exif=told(), xmp=xmp),
        NEUTRALISED,
        "image/png",
    )
    yield Hostile(
        "HEIC with its place", "a.heic", made("HEIF", exif=told().tobytes(), xmp=xmp), NEUTRALISED, "image/jpeg"
    )
    small = behind_the_mark(made("JPEG"), b"\xff\xed", b"Photoshop 3.0\0" + TELLS)
    yield Hostile("JPEG with what a newspaper notes", "a.jpg", small, NEUTRALISED, "image/jpeg")


def broken() -> Iterator[Hostile]:
    for kind, cut in (("JPEG", 300), ("PNG", 60), ("WEBP", 40), ("HEIF", 500)):
        whole = made(kind, size=(400, 300))
        yield Hostile(f"{kind} that was cut", "a", whole[: min(cut, len(whole) * 2 // 3)], REFUSED, "damaged")
    yield Hostile("a head of JPEG and nothing else", "a.jpg", b"\xff\xd8\xff\xe0" + bytes(500), REFUSED, "damaged")
    yield Hostile("a head of PNG and nothing else", "a.png", b"\x89PNG\r\n\x1a\n" + bytes(500), REFUSED, "damaged")
    yield Hostile("a head of HEIC and nothing else", "a.heic", b"\0\0\0\x18ftypheic" + bytes(500), REFUSED, "damaged")
    yield Hostile("PNG that moves", "a.png", moving("PNG"), REFUSED, "type")
    yield Hostile("WebP that moves", "a.webp", moving("WEBP"), REFUSED, "type")
    yield Hostile("GIF that moves", "a.gif", moving("GIF"), REFUSED, "type")
    yield Hostile("TIFF", "a.tiff", made("TIFF"), REFUSED, "type")


def pictures() -> Iterator[Hostile]:
    for some in (polyglots, floods, notes, broken):
        yield from some()
