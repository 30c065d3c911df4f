"""Name what a hostile file is, what is in it, and what is expected of it."""

import zlib
from dataclasses import dataclass

REFUSED, NEUTRALISED = "refused", "neutralised"
SCRIPT = b"<script>alert('MARKER-OF-A-SCRIPT')</script><?php system($_GET[0]); ?>"
# what is found nowhere in a file that is taken, as it is or decompressed
MARKERS = (
    b"MARKER-OF-A-SCRIPT",
    b"<script",
    b"<?php",
    b"GPS-OF-A-SHELTER",
    b"EVIL-EXAMPLE",
    b"NAME-OF-AN-AUTHOR",
    b"PK\x03\x04",
)


def zeros(megabytes: int) -> bytes:
    """Return compressed zeros, made of one block again and again. The sum at their end is wrong: nobody gets there."""
    pack = zlib.compressobj(9)
    first = pack.compress(bytes(10_000_000)) + pack.flush(zlib.Z_FULL_FLUSH)
    again = pack.compress(bytes(10_000_000)) + pack.flush(zlib.Z_FULL_FLUSH)
    return first + again * (megabytes // 10 - 1) + pack.flush()


@dataclass(frozen=True)
class Hostile:
    """Hold a file, and by hand what is to come of it: a code of refusal, or the media type of what was made of it."""

    what: str
    name: str
    content: bytes
    expected: str
    said: str
