"""What a failing test tells to do can be done to the letter: the files it names exist."""

import ast
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps

from victims.models import NeedText

from . import advice

HERE = Path(__file__).parent
PLANTED = {"test_conventions.py", "test_rooms.py", "test_advice.py"}  # faults are planted in files that are made up
FILE = re.compile(r"(?<![\w.<*])(?:[\w.-]+/)+[\w-]+\.(?:py|csv|md|html|po|sql|toml|yaml|json)\b")
ROOTS = (advice.ROOT, advice.ROOT / "tests", HERE, advice.ROOT / "templates")
HOLE = "{}"


def texts(tree: ast.Module):
    """Yield (line, text) of each string; what is filled in at run time stands as {}."""
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield node.lineno, "".join(part.value if isinstance(part, ast.Constant) else HOLE for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.lineno, node.value


def wrong_names(name: str, text: str) -> list[str]:
    """A sentence for each file that does not exist, and for each whose app is filled in beside a name fixed here."""
    found = []
    for line, said in texts(ast.parse(text)):
        found += [
            f"{name}:{line}: {path} does not exist"
            for path in FILE.findall(said)
            if not any((root / path).exists() for root in ROOTS)
        ]
        if guessed := re.search(r"\{\}/[\w/]+\.(py|sql|csv)\b", said):
            found.append(f"{name}:{line}: « {guessed[0]} » is a guess: compute it, see {advice.file_of(advice)}")
    return found


def test_files_named_in_advice_exist():
    paths = [path for path in sorted(HERE.glob("*.py")) if path.name not in PLANTED]
    wrong = [sentence for path in paths for sentence in wrong_names(path.name, path.read_text())]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("assert x, 'declare a Wall in victims/nowhere.py'", "x.py:1: victims/nowhere.py does not exist"),
        ("assert x, f'put it back in {app}/policies.py'", "x.py:1: « {}/policies.py » is a guess: compute it, see"),
        ("assert x, 'add it to expected/rows.csv'", None),
        ("assert x, f'{table}: see docs/architecture.md'", None),
    ],
)
def test_a_file_that_does_not_exist_is_noticed(text, said):
    found = wrong_names("x.py", text)
    assert [sentence.startswith(said) for sentence in found] == ([True] if said else [])


def test_files_of_walls_are_found_by_their_declarations():
    assert advice.file_of_wall("victims_case") == "victims/policies/cases.py"
    assert advice.file_of_wall("victims_needtext") == "victims/policies/needs.py"
    assert advice.file_of_wall("victims_forgotten") in advice.files_of_walls("victims_case")


def test_a_model_without_a_wall_is_sent_to_the_walls_of_its_module(monkeypatch):
    """The policies of its subject, though none names it."""
    meta = SimpleNamespace(db_table="victims_forgotten")
    new = SimpleNamespace(_meta=meta, __name__="Forgotten", __module__=NeedText.__module__)
    models = [*apps.get_models(), new]
    monkeypatch.setattr(apps, "get_models", lambda: models)
    assert advice.file_of_wall("victims_forgotten") == "victims/policies/needs.py"


def test_other_files_of_advice_are_found():
    assert advice.file_of(advice) == "tests/guarantees/advice.py"
    assert advice.file_that_says("ALERT: dict", "workflow.py").startswith("referral/")
    with pytest.raises(ValueError, match="0 files workflow.py have a line"):
        advice.file_that_says("NOTHING: dict", "workflow.py")
