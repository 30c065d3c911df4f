"""Write checkpoints to a folder outside of the database, a file a day, and read them again.

The folder is on a disk that another body keeps, or one that takes additions only: the database's owner can then change
the journal, and not what was said of it.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

from .rules import SIGNED

FIELDS = {*SIGNED, "key", "signature", "entries"}


class Unreadable(Exception):
    """Signal a line of a file of checkpoints that is none."""


def append(folder: Path, line: dict) -> None:
    """Add a line to the file of its day, and wait until the disk has it. What a crash left of a line is taken away."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(line, separators=(",", ":")).encode() + b"\n"
    path = folder / f"journal-{line['at'][:10]}.jsonl"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    try:
        end = os.fstat(handle).st_size
        if left := len(_tail(path, end).rpartition(b"\n")[2]):
            end -= left
            os.ftruncate(handle, end)
        if os.write(handle, text) < len(text):  # a full disk takes a part: what it took is taken back
            os.ftruncate(handle, end)
            raise OSError("the disk took a part of a checkpoint only")
        os.fsync(handle)
    finally:
        os.close(handle)


def files(folder: Path) -> list[Path]:
    """Return the files of checkpoints in the order of their days."""
    return sorted(folder.glob("journal-*.jsonl"))


def lines(folder: Path) -> Iterator[dict]:
    """Yield all lines in their order. Raises Unreadable, naming file and line."""
    for path in files(folder):
        with path.open("rb") as opened:
            for number, text in enumerate(opened, 1):
                if not text.endswith(b"\n"):
                    continue  # it is being written, or a crash cut it: it is not said to stand outside
                try:
                    line = json.loads(text)
                except ValueError:
                    line = {}
                if not isinstance(line, dict) or FIELDS - line.keys():
                    raise Unreadable(f"{path.name}, line {number}: this is no checkpoint")
                yield line


def last(folder: Path) -> dict | None:
    """Return the last whole line of the last file, without its entries; None when there is none. Raises Unreadable."""
    for path in reversed(files(folder)):
        whole = _tail(path, path.stat().st_size).rpartition(b"\n")[0]
        if not whole:
            continue
        try:
            line = json.loads(whole.rpartition(b"\n")[2])
        except ValueError:
            raise Unreadable(f"{path.name}: its last line is no checkpoint") from None
        return {name: value for name, value in line.items() if name != "entries"}
    return None


def _tail(path: Path, size: int) -> bytes:
    """Return the end of a file of this size: its last whole line, and what follows it."""
    tail = b""
    with path.open("rb") as opened:
        while size and tail.count(b"\n") < 2:
            step = min(size, 1 << 16)
            size -= step
            opened.seek(size)
            tail = opened.read(step) + tail
    return tail
