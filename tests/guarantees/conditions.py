"""Find the conditions of a policy or of a function of the database, so that a test can drop them one by one.

Dropped, a condition says nothing any more: `true` stands for an operand of AND and for a WHERE of one condition,
`false` for an operand of OR and for the condition of an IF. A level of 3 is lowered to 2 besides.
"""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

# words that end an expression and begin another one
BREAKS = (
    "SELECT FROM WHERE ON HAVING IF ELSIF ELSE WHEN THEN JOIN LEFT FULL INNER CROSS LATERAL GROUP ORDER LIMIT OFFSET"
    " FOR UNION INTO STRICT RETURN QUERY RETURNING LOOP DO SET VALUES UPDATE DELETE INSERT PERFORM BEGIN DECLARE AS"
    " WITH EXECUTE RAISE USING"
)
WHOLE = bool(os.environ.get("PROOF"))  # ./run proof
EVERYTHING = os.environ.get("PROOF") == "whole"  # and not as continuous integration runs it
TOKEN = re.compile(
    r"(?P<skip>--[^\n]*|'(?:[^']|'')*'|\bDISTINCT\s+(?:FROM|ON)\b|\bBETWEEN\s+\S+\s+AND\b)"
    rf"|(?P<end>\bEND(?:\s+(?:IF|LOOP|CASE))?\b)|(?P<breaks>[,;]|:=|\$\w*\$|\bON\s+CONFLICT\b|\b(?:{'|'.join(BREAKS.split())})\b)"
    r"|(?P<opens>[(\[]|\bCASE\b)|(?P<closes>[)\]])|\b(?P<joins>AND|OR)\b"
)
LEVEL = re.compile(r"\b(?:\w+\.)?level >= 3\b")
ALONE = {"WHERE": "true", "ON": "true", "HAVING": "true", "IF": "false", "ELSIF": "false", "WHEN": "false"}


def sample[T](found: Sequence[T]) -> Sequence[T]:
    """Return all of these in `./run proof`, every tenth elsewhere: a proof of each takes minutes."""
    return found if WHOLE else found[::10]


def share[T](found: Sequence[T]) -> Sequence[T]:
    """Return of these all, every third as continuous integration proves them, every tenth in `./run check`.

    For what is tried of each page or form in the same way: what breaks there breaks many of them.
    """
    return found[:: 1 if EVERYTHING else 3 if WHOLE else 10]


@dataclass(frozen=True)
class Condition:
    """A stretch of a text, and what takes its place when it is dropped."""

    start: int
    end: int
    instead: str

    def dropped_from(self, text: str) -> str:
        return f"{text[: self.start]}{self.instead}{text[self.end :]}"

    def words(self, text: str) -> str:
        """Return the condition on one line, without comments; a lowered level says so."""
        said = " ".join(re.sub(r"--[^\n]*", "", text[self.start : self.end]).split())
        return said if self.instead in ("true", "false") else f"{said} lowered"


@dataclass
class Expression:
    """An expression being read: the word before it, where its present operand began, and the operands that ended.

    `clause`: the word that began the list it stands in.
    """

    before: str
    begin: int
    clause: str = ""
    operands: list[list[tuple[int, int]]] = field(default_factory=lambda: [[]])  # of AND, by operand of OR

    def joined(self, word: str, end: int, begin: int) -> None:
        self.operands[-1].append((self.begin, end))
        self.begin = begin
        if word == "OR":
            self.operands.append([])

    def conditions(self, end: int) -> Iterator[tuple[int, int, str]]:
        self.operands[-1].append((self.begin, end))
        several = len(self.operands) > 1
        for group in self.operands:
            if several:
                yield group[0][0], group[-1][1], "false"
            if len(group) > 1:
                yield from ((*operand, "true") for operand in group)
        instead = ALONE.get(self.before)
        if instead and not several and (len(self.operands[0]) == 1 or instead == "false"):
            yield self.operands[0][0][0], end, instead


def conditions(text: str, before: str = "WHERE") -> list[Condition]:
    """Return the conditions of a text at any depth. `before`: the word that the text would follow."""
    found: list[tuple[int, int, str]] = [(*mark.span(), mark.group()[:-1] + "2") for mark in LEVEL.finditer(text)]
    frames = [Expression(before, 0)]
    opened = [""]  # by what each frame was: a bracket, or CASE
    for mark in TOKEN.finditer(text):
        sort, word = mark.lastgroup, mark.group().upper()
        if sort == "opens":
            frames.append(Expression(word, mark.end()))
            opened.append(word)
        elif sort == "closes" or (sort == "end" and opened[-1] == "CASE"):
            found += frames.pop().conditions(mark.start())
            opened.pop()
        elif sort == "joins":
            frames[-1].joined(word, mark.start(), mark.end())
        elif sort in ("breaks", "end"):
            found += frames[-1].conditions(mark.start())
            clause = frames[-1].clause if word == "," else word
            named = re.compile(r"\s*\w+\s*=" if clause == "SET" else "").match(text, mark.end())  # SET column = …
            frames[-1] = Expression(word, named.end() if named else mark.end(), clause)
    found += frames.pop().conditions(len(text))
    return sorted({made for made in (_trimmed(text, *one) for one in found) if made}, key=lambda c: (c.start, -c.end))


def _trimmed(text: str, start: int, end: int, instead: str) -> Condition | None:
    """Leave out comments and blanks around a condition; nothing for a bare word or number, as in CASE x WHEN 1."""
    while lead := re.match(r"\s+|--[^\n]*\n", text[start:end]):
        start += lead.end()
    end = start + len(text[start:end].rstrip())
    bare = re.fullmatch(r"(?:'[^']*'(?:::\w+)?|\d+|true|false)?", text[start:end])
    return None if bare else Condition(start, end, instead)
