"""Write the register of erasures outside of the database, so that an older backup does not bring a person back.

It stands in the folder of the checkpoints of the journal, which somebody else should keep: a line an erasure, a digest
and a moment. The file is there from the first run on; where it is not, the folder is the wrong one.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path

NAME = "erasures.jsonl"


class NoRegister(Exception):
    """Signal that the folder holds no register, or one with a line that is none."""


def append(folder: Path, lines: Iterable[dict]) -> None:
    """Add lines to the register and wait until the disk has them; with none, see that the file is there.

    A line that a crash cut is ended first, so that it spoils no other.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = b"".join(json.dumps(line, separators=(",", ":")).encode() + b"\n" for line in lines)
    with (folder / NAME).open("ab+") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def digests(folder: Path) -> set[str]:
    """Return what the register names. Raises NoRegister when there is none; a line that a crash cut is passed over."""
    try:
        found = (folder / NAME).read_bytes().splitlines()
    except FileNotFoundError:
        raise NoRegister(f"{folder / NAME} is not there") from None
    named = set()
    for text in found:
        try:
            named.add(json.loads(text)["digest"])
        except (ValueError, KeyError, TypeError):
            continue
    return named
