"""What docs/security.md and docs/asvs.csv say is held is named by tests that exist; no requirement is passed over."""

import ast
import csv
import re
from collections import Counter

import pytest

from .advice import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text()
with (ROOT / "docs" / "asvs.csv").open(newline="") as _file:
    ROWS = list(csv.DictReader(_file))
# requirements of levels 1 and 2 in each chapter of OWASP ASVS 5.0.0, counted in its own list
COUNTED = {
    "1": (8, 19), "2": (4, 7), "3": (8, 11), "4": (2, 8), "5": (4, 5), "6": (13, 22), "7": (6, 12), "8": (4, 3),
    "9": (4, 3), "10": (5, 24), "11": (3, 11), "12": (3, 6), "13": (1, 12), "14": (2, 7), "15": (3, 10), "16": (0, 16),
    "17": (0, 7),
}  # fmt: skip
# no line is open: one that is would say « open » here, and on the page
STATES = {"test", "setting", "none", "reason"}


def missing(named: str) -> bool:
    """Return whether there is no such file, or no such test in it."""
    path, _, test = named.partition("::")
    if not (ROOT / path).is_file():
        return True
    return bool(test) and test not in {
        node.name for node in ast.parse((ROOT / path).read_text()).body if isinstance(node, ast.FunctionDef)
    }


def test_each_test_of_the_page_exists():
    named = re.findall(r"`(tests/[\w/]+\.py(?:::\w+)?)`", PAGE)
    assert len(named) > 40
    assert [each for each in named if missing(each)] == []


@pytest.mark.parametrize("wrong", ["tests/guarantees/nothing", "tests/guarantees/test_leaks.py::test_nothing"])
def test_a_test_that_does_not_exist_is_found(wrong):
    assert missing(wrong)


def test_each_requirement_has_one_line():
    numbers = [row["requirement"] for row in ROWS]
    assert [number for number, times in Counter(numbers).items() if times > 1] == []
    found = Counter((number.partition(".")[0], row["level"]) for number, row in zip(numbers, ROWS, strict=True))
    wanted = {(chapter, level): n for chapter, two in COUNTED.items() for level, n in zip("12", two, strict=True) if n}
    assert dict(found) == wanted


def test_each_line_says_what_holds_it_or_why_not():
    assert {row["state"] for row in ROWS} == STATES
    for row in ROWS:
        proofs = row["proof"].split()
        assert row["words"] and len(row["words"].split()) <= 25, row
        assert bool(proofs) or row["state"] == "none", row
        assert [each for each in proofs if missing(each)] == [], row
        if row["state"] == "test":
            assert all("::test_" in each for each in proofs), row


def test_the_page_counts_the_lines():
    said = dict(re.findall(r"^\| (test|setting|none|reason) \| (\d+) \|", PAGE, re.MULTILINE))
    assert said == {state: str(n) for state, n in Counter(row["state"] for row in ROWS).items()}
