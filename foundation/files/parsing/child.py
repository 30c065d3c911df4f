"""Parse one file from standard input, within limits that this process cannot lift, and write it made anew.

Answers a line of JSON, then the new content: {"media_type": …, "extension": …} or {"refused": code}. Anything else,
also an end by a signal, is for the one who started it to name.
"""

import json
import resource
import sys

from . import documents, kinds, pictures, texts
from .limits import ADDRESS_SPACE, CPU_SECONDS, MOST_BYTES
from .refused import Refused


def confine() -> None:
    """Give up files, sockets, processes and all memory and time but what one file needs."""
    # no descriptor can be opened any more, not even in place of one that is closed: neither a file nor a socket
    for name, most in (
        ("RLIMIT_AS", ADDRESS_SPACE),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_NOFILE", 0),
        ("RLIMIT_NPROC", 0),
    ):
        resource.setrlimit(getattr(resource, name), (most, most))
    # the signal of the first one says what it was; the second kills
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 2))


def parsed(content: bytes) -> tuple[bytes, str, str]:
    """Return the content made anew, its media type and its extension. Raises Refused."""
    if len(content) > MOST_BYTES:
        raise Refused("too_large")
    kind = kinds.kind_of(content)
    if kind == "TEXT":
        return texts.plain(content), "text/plain", "txt"
    if kind == "PDF":
        return documents.rebuilt(content), "application/pdf", "pdf"
    return pictures.redrawn(content, kind)


def main() -> None:
    pictures.prepare()
    documents.prepare()
    confine()
    content, said = b"", {}
    try:
        content, media_type, extension = parsed(sys.stdin.buffer.read(MOST_BYTES + 1))
        said = {"media_type": media_type, "extension": extension}
    except Refused as refused:
        said = {"refused": refused.code}
    except (MemoryError, RecursionError):
        said = {"refused": "damaged"}
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + content)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
