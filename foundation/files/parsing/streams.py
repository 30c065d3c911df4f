"""Measure the streams of a PDF before anybody unfolds them, and take what tells of a place out of its pictures."""

import zlib
from collections.abc import Iterator

import pikepdf

from .limits import MOST_PAGE_PIXELS, MOST_UNFOLDED
from .refused import Refused

PIECE = 64 * 1024
FLATE = {"/FlateDecode", "/Fl"}
SIMPLE = {"/LZWDecode", "/LZW", "/RunLengthDecode", "/RL", "/ASCII85Decode", "/A85", "/ASCIIHexDecode", "/AHx"}
PICTURES = {"/DCTDecode", "/DCT", "/JPXDecode", "/CCITTFaxDecode", "/CCF", "/JBIG2Decode"}


class Budget:
    """Count what all streams of a document hold once they are decompressed."""

    def __init__(self):
        self.left = MOST_UNFOLDED

    def spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise Refused("too_large")


def clean(stream: pikepdf.Stream, budget: Budget) -> None:
    """Measure a stream, and take the notes out of a photograph. Raises Refused."""
    filters = _filters(stream)
    if set(filters) - FLATE - SIMPLE - PICTURES:
        raise Refused("damaged")  # encrypted apart, or nothing that a reader knows
    if stream.get("/Subtype") == "/Image":
        size = int(stream.get("/Width", 0)) * int(stream.get("/Height", 0))
        if size > MOST_PAGE_PIXELS or size < 0:
            raise Refused("too_many_pixels")
    unfolded = _unfold(stream, filters, budget)
    if filters and filters[-1] in ("/DCTDecode", "/DCT"):
        _without_notes(stream, unfolded, photograph, "/DCTDecode")
    elif filters and filters[-1] == "/JPXDecode":
        _without_notes(stream, unfolded, boxes, "/JPXDecode")


def _filters(stream: pikepdf.Stream) -> list[str]:
    said = stream.get("/Filter")
    if said is None:
        return []
    return [str(one) for one in said] if isinstance(said, pikepdf.Array) else [str(said)]


def _unfold(stream: pikepdf.Stream, filters: list[str], budget: Budget) -> bytes | None:
    """Count the bytes behind the filters that any reader undoes; return them for a photograph."""
    raw = stream.read_raw_bytes()
    simple = [name for name in filters if name not in PICTURES]
    if set(simple) <= FLATE:
        pieces: Iterator[bytes] = iter((raw,))
        for _ in simple:
            pieces = _inflated(pieces)
        kept = []
        for piece in pieces:
            budget.spend(len(piece))
            if len(simple) < len(filters):
                kept.append(piece)
        return b"".join(kept)
    if len(simple) < len(filters):
        raise Refused("damaged")  # a photograph behind letters: nobody writes one so any more
    budget.spend(len(stream.read_bytes()))  # grows in this process alone, which may not grow much
    return None


def _inflated(pieces: Iterator[bytes]) -> Iterator[bytes]:
    undo = zlib.decompressobj()
    for piece in pieces:
        for at in range(0, len(piece), PIECE):
            rest = piece[at : at + PIECE]
            while rest and not undo.eof:
                try:
                    yield undo.decompress(rest, PIECE)
                except zlib.error:
                    return  # readers show what came before; qpdf does the same when it writes
                rest = undo.unconsumed_tail


def _without_notes(stream, unfolded: bytes | None, without, name: str) -> None:
    if unfolded is None:
        raise Refused("damaged")
    parameters = stream.get("/DecodeParms")
    if isinstance(parameters, pikepdf.Array):
        parameters = parameters[-1] if len(parameters) else None
    stream.write(
        without(unfolded),
        filter=pikepdf.Name(name),
        decode_parms=parameters if isinstance(parameters, pikepdf.Dictionary) else None,
    )


def photograph(content: bytes) -> bytes:
    """Return a JPEG without what its camera, programs and people noted, and without what stands behind its end."""
    if not content.startswith(b"\xff\xd8"):
        raise Refused("damaged")
    kept, at = [b"\xff\xd8"], 2
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            raise Refused("damaged")
        mark = content[at + 1]
        if mark == 0xFF:  # fills
            at += 1
            continue
        if mark == 0xDA:
            end = content.rfind(b"\xff\xd9")
            return b"".join(kept) + content[at : end + 2 if end > at else len(content)]
        size = 2 + int.from_bytes(content[at + 2 : at + 4])
        if not (0xE1 <= mark <= 0xED or mark in (0xEF, 0xFE)):  # 0xEE says how colours are kept
            kept.append(content[at : at + size])
        at += size
    raise Refused("damaged")


def boxes(content: bytes) -> bytes:
    """Return a JPEG 2000 without its boxes of notes. A bare codestream has none."""
    if not content.startswith(b"\0\0\0\x0cjP  "):
        return content
    kept, at = [], 0
    while at + 8 <= len(content):
        size, kind = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        if size == 0:
            size = len(content) - at
        elif size < 8:
            raise Refused("damaged")
        if kind not in (b"xml ", b"uuid", b"uinf", b"jp2i", b"free"):
            kept.append(content[at : at + size])
        at += size
    return b"".join(kept)
