"""Read the tables of `expected/*.md`, which are written by hand, into the cells that the tests try."""

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "expected"
WORKFLOW, VISIBILITY = FOLDER / "workflow.md", FOLDER / "visibility.md"
ROLES = {
    "F": "frontline",
    "W": "case_worker",
    "C": "coordinator",
    "P": "program",
    "A": "agency_admin",
    "U": "auditor",
    "D": "dpo",
    "L": "policy",
    "T": "statistician",
    "M": "platform_admin",
    "X": "deactivated",
    "S": "system",
}
REFUSALS = {"not theirs": "not_allowed", "not now": "wrong_state", "hidden": "hidden"}
REFUSED = {*REFUSALS.values(), "no_move"}
NOBODY = {"database", "worker", "import"}  # who does a move that no person can


def tables(path: Path) -> dict[str, list[dict[str, str]]]:
    """Return the lines of each table of a Markdown page, by its heading: name of the column -> text."""
    found: dict[str, list] = {}
    title, columns = "", None
    for line in path.read_text().splitlines():
        if line.startswith("## "):
            title, columns = line[3:], None
        if not line.startswith("|"):
            continue
        texts = [text.strip() for text in line.strip().strip("|").split("|")]
        if columns is None:
            columns = texts
        elif not re.fullmatch(r"[|\-\s]+", line):
            assert len(texts) == len(columns), f"{path.name}, {title}: not one text a column in « {line} »"
            found.setdefault(title, []).append(dict(zip(columns, texts, strict=True)))
    return found


def role(letter: str, where: str) -> str:
    """Return the role of a letter; raises AssertionError with the letters there are."""
    letters = ", ".join(f"{letter} {name}" for letter, name in ROLES.items())
    assert letter in ROLES, f"{where}: no role has the letter {letter}; letters are {letters}"
    return ROLES[letter]


def persons(text: str) -> list[tuple[str, str]]:
    """Return the (role, side) of « desk WCP, unit C »; raises AssertionError on another form."""
    found = []
    for part in filter(None, text.split(", ")):
        side, _, letters = part.partition(" ")
        assert letters, (
            f"{WORKFLOW.name}, « {text} »: write sides with the letters of their roles, as « desk WCP, unit C »"
        )
        found += [(role(letter, f"{WORKFLOW.name}, « {part} »"), side) for letter in letters]
    return found


@dataclass
class Moves:
    """What the file says of one kind of thing.

    `cells`: (state, action, role, side) -> the state it leads to, or the refusal. `steps`: (state, action) -> the state
    it leads to, whoever does it, persons or not.
    """

    cells: dict[tuple[str, str, str, str], str] = field(default_factory=dict)
    steps: dict[tuple[str, str], str] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)

    def add(self, row: dict[str, str]) -> None:
        """Read one line; a cell said twice raises."""
        self.reasons.append(row["why"])
        for action in row["action"].split():
            for state in row["from"].split():
                after = {"same": state.removesuffix("_amending"), "nothing": "no_move"}.get(row["to"], row["to"])
                if row["done"] and after != "no_move":
                    self.steps[state, action] = after
                said = [] if row["done"] in NOBODY else [(who, after) for who in persons(row["done"])]
                said += [(who, refusal) for column, refusal in REFUSALS.items() for who in persons(row[column])]
                for who, expected in said:
                    key = (state, action, *who)
                    assert key not in self.cells, f"{WORKFLOW.name} says twice what becomes of {' '.join(key)}"
                    self.cells[key] = expected


@cache
def moves(noun: str) -> Moves:
    """Return what `workflow.md` says of a noun (« alert »…); raises AssertionError when it has no section."""
    found, sections = Moves(), tables(WORKFLOW)
    assert noun.capitalize() in sections, f"{WORKFLOW.name} has no section « {noun.capitalize()} »: write it by hand"
    for row in sections[noun.capitalize()]:
        found.add(row)
    return found


def sight() -> list[dict[str, str]]:
    """Return the cells of `visibility.md`: role, relation, surface, expected (yes, no, or how many), reason."""
    cells = []
    for rows in tables(VISIBILITY).values():
        for row in rows:
            relation, reason = row.pop("relation"), row.pop("why")
            for surface, text in row.items():
                for letter, number in re.findall(r"([A-Za-z])(\d*)", text):
                    read = letter.isupper()
                    said = (number or str(int(read))) if surface == "count" else "yes" if read else "no"
                    who = role(letter.upper(), f"{VISIBILITY.name}, {relation}, {surface}")
                    cell = {"role": who, "relation": relation, "surface": surface}
                    cells.append({**cell, "expected": said, "reason": reason})
    return cells
