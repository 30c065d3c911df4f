"""Take plain text as it is, once it is nothing else."""

import codecs

from .limits import MOST_TEXT
from .refused import Refused

KEPT = "\t\n\r\f"


def plain(content: bytes) -> bytes:
    """Return the text in UTF-8 without its mark of order. Raises Refused for what is no text."""
    try:
        text = content.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError:
        raise Refused("type") from None
    if any(ord(sign) < 32 and sign not in KEPT or 127 <= ord(sign) < 160 for sign in text):
        raise Refused("type")
    if len(content) > MOST_TEXT:
        raise Refused("too_large")
    if not text.strip():
        raise Refused("empty")
    return text.encode()
