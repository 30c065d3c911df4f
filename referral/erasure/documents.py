"""Write the register of erasures outside of the database, so that an older backup does not bring a person back.

It stands in the folder of the checkpoints of the journal, which somebody else should keep: a line an erasure, a digest
and a moment, signed with the key of the journal. The file is there from the first run of the platform on, and a copy
makes none; where it is not, the folder is the wrong one.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from django.core.exceptions import ImproperlyConfigured

from journal.operations import signed_beside, signs

NAME = "erasures.jsonl"
PURPOSE = b"repere erasure 1\n"  # what the journal signs for anything else is no line of the register


class NoRegister(Exception):
    """Signal that the folder holds no register, or that no key is known by which to read it."""


class Register(NamedTuple):
    """Hold what the register names by its signed lines, and the numbers of the lines that nobody signed."""

    named: set[str]
    unsigned: list[int]


def append(folder: Path, lines: Iterable[dict]) -> None:
    """Sign lines, add them to the register and wait until the disk has them; with none, see that the file is there.

    A line that a crash cut is ended first, so that it spoils no other.
    """
    signed = [signed_beside(line, PURPOSE) for line in lines]
    folder.mkdir(parents=True, exist_ok=True)
    text = b"".join(json.dumps(line, separators=(",", ":")).encode() + b"\n" for line in signed)
    with (folder / NAME).open("ab+") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def read(folder: Path, publics: list[str]) -> Register:
    """Read the register by these public keys; of none, by those of this installation. Raises NoRegister.

    What a crash left of a line is passed over once the whole line follows: signed again, it begins with the same bytes.
    """
    try:
        texts = (folder / NAME).read_bytes().splitlines()
    except FileNotFoundError:
        raise NoRegister(f"{folder / NAME} is not there: give the folder of the checkpoints by --folder") from None
    try:
        ours = signs(publics, PURPOSE)
    except (ValueError, ImproperlyConfigured):
        raise NoRegister("no public key of the journal: give it by --key, as journal_key prints it") from None
    signed = {text: line["digest"] for text in texts if ours(line := _line(text))}
    left = [(number, text) for number, text in enumerate(texts, 1) if text not in signed]
    return Register(
        named=set(signed.values()),
        unsigned=[number for number, text in left if not any(whole.startswith(text) for whole in signed)],
    )


def _line(text: bytes) -> dict:
    """Return a line, an empty one for a text that is none."""
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return line if isinstance(line, dict) else {}
