"""Rooms hold: where modules stand and what they import, on the tree and on small trees with one fault planted."""

import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

from referral.config.celery import WITH_TASKS
from tests.guarantees import rooms

ROOT = Path(__file__).resolve().parents[2]
RULES = {
    "unnamed": rooms.unnamed,
    "climbing": rooms.climbing,
    "trespassing": rooms.trespassing,
    "hidden": rooms.hidden,
    "of_http": rooms.of_http,
    "circles": rooms.circles,
    "crowded": rooms.crowded,
}


@pytest.mark.parametrize("rule", RULES)
def test_the_tree_keeps_the_rule(rule):
    sys.setrecursionlimit(5000)
    assert not (found := RULES[rule](ROOT)), "\n".join(found)


def test_each_subject_is_in_the_contract():
    """pyproject.toml names each subject, so that import-linter checks its rooms."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    named = {container for contract in contracts for container in contract.get("containers", [])}
    places = {rooms.place(module) for module in rooms.modules(ROOT)}
    subjects = {f"{app}.{subject}" if app != subject else app for app, subject, room in places if subject and room}
    assert subjects == named


def test_each_room_of_tasks_is_known_to_the_worker():
    found = {m.rpartition(".tasks")[0] for m in rooms.modules(ROOT) if m.endswith(".tasks") and m != "foundation.tasks"}
    assert found == set(WITH_TASKS)


def test_a_production_image_has_no_dev():
    assert "dev" in (ROOT / ".dockerignore").read_text().split()
    assert find_spec("dev") is not None  # here it is


PLANTED = [
    ("unnamed", "victims/identity/helpers.py", "", "is no room"),
    ("climbing", "victims/identity/operations.py", "from victims.identity import forms\n", "stands above"),
    ("trespassing", "referral/alerts/views.py", "from victims.identity.tasks import x\n", "call an operation"),
    ("hidden", "referral/alerts/views.py", "def f():\n    from victims.identity import forms\n", "import it above"),
    ("of_http", "victims/identity/access.py", "from django.http import Http404\n", "NotFound instead"),
    ("circles", "victims/identity/forms.py", "from referral.alerts import views\n", "move what they share"),
]


@pytest.mark.parametrize(("rule", "path", "text", "advice"), PLANTED)
def test_a_planted_fault_is_found_with_advice(rule, path, text, advice, tmp_path):
    there = {
        "victims/identity/forms.py": "",
        "victims/identity/tasks.py": "",
        "referral/alerts/views.py": "from victims.identity import forms\n",
        path: text,
    }
    for name, body in there.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(body)
    (found,) = RULES[rule](tmp_path)
    assert advice in found


def test_a_crowded_folder_is_found(tmp_path):
    (tmp_path / "victims/identity/views").mkdir(parents=True)
    for n in range(rooms.MOST + 1):
        (tmp_path / f"victims/identity/views/v{n}.py").write_text("")
    assert rooms.crowded(tmp_path) == ["victims/identity/views: 23 modules, 22 is the most: split the subject"]
