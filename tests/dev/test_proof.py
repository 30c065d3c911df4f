"""The proof runs in turns: everything within ten, what the change touches at once, and nothing twice after a cut."""

import os
import subprocess
import sys

import pytest

from dev import changed, proof
from tests import proof_parts

FAILING = "import os, pytest\n\n@pytest.mark.long\ndef test_it():\n    assert 'BROKEN' not in os.environ\n"
PASSING = "import pytest\n\n@pytest.mark.long\ndef test_it():\n    assert 1\n"


@pytest.fixture
def suite(tmp_path):
    """A project of six parts of one test each."""
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = long\n")
    for number in range(5):
        (tmp_path / f"test_{number}.py").write_text(PASSING)
    (tmp_path / "test_last.py").write_text(FAILING)
    return tmp_path


def run(suite, **told):
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PROOF", "PYTEST"))}
    env |= {"PYTHONPATH": str(proof.state.ROOT)} | told
    command = [sys.executable, "-m", "pytest", "-q", "-n", "1", "-p", "tests.proof_parts", "-p", "no:cacheprovider"]
    shown = subprocess.run(command, cwd=suite, env=env, capture_output=True, text=True, timeout=120)
    return shown.stdout


def parts_run(shown):
    return {line.split()[0] for line in shown.splitlines() if " parts in " in line}


def test_ten_turns_run_every_part_once(monkeypatch):
    monkeypatch.setattr(proof_parts, "TOUCHED", set())
    every = [str(path) for path in (proof.state.ROOT / "tests").rglob("test_*.py")]
    ran = []
    for turn in range(7, 17):
        monkeypatch.setattr(proof_parts, "SLICE", str(turn % proof.SLICES))
        ran += [part for part in every if proof_parts.runs(part)]
    assert sorted(ran) == sorted(every)


def test_a_turn_runs_what_the_change_touches_and_says_the_age_of_the_others(suite):
    other = next(path.name for path in sorted(suite.glob("test_*.py")) if proof.slice_of(path.name) != 4)
    shown = run(suite, PROOF_TURN="4", PROOF_SLICE="4", PROOF_TOUCHED=other)
    assert other in parts_run(shown)
    ages = [line for line in shown.splitlines() if line.startswith("run ") and ".py" in line]
    assert sum(line.count(".py") for line in ages) == 6
    assert other in next(line for line in ages if line.startswith("run in this turn"))


def test_no_part_is_said_to_have_run_before_the_first_turn():
    assert proof_parts.words(0, 2) == "run in this turn"
    assert proof_parts.words(1, 2) == "run in no turn yet"
    assert proof_parts.words(1, 3) == "run 1 turns ago"
    assert proof_parts.words(9, 11) == "run 9 turns ago"


def test_a_cut_proof_goes_on_with_what_has_not_passed(suite, tmp_path):
    record = tmp_path / "record"
    shown = run(suite, PROOF_RECORD=str(record), BROKEN="1")
    assert "test_last.py FAILED" in shown
    assert "6 of 6 parts" in shown
    assert len(record.read_text().split()) == 5
    again = run(suite, PROOF_RECORD=str(record), PROOF_PASSED=record.read_text())
    assert parts_run(again) == {"test_last.py"}


def test_parts_that_passed_on_other_files_pass_again(monkeypatch, tmp_path):
    (tmp_path / "a.py").write_text("1")
    monkeypatch.setattr(proof.state, "ROOT", tmp_path)
    monkeypatch.setattr(changed, "git", lambda *words: "a.py")
    before = proof.digest("whole")
    assert before != proof.digest("rights")
    (tmp_path / "a.py").write_text("2")
    assert before != proof.digest("whole")


def test_without_history_every_part_runs(monkeypatch, capsys):
    monkeypatch.setattr(changed, "git", lambda *words: None)
    assert "PROOF_SLICE" not in proof.of_turn()
    assert "every part runs" in capsys.readouterr().out


def test_sql_has_the_conditions_dropped_again(monkeypatch):
    monkeypatch.setattr(changed, "before_this_turn", lambda: "a commit")
    monkeypatch.setattr(changed, "paths_since", lambda base: ["victims/sql/consents.sql"])
    monkeypatch.setattr(changed, "tests_of", lambda paths: [])
    assert "tests/guarantees/test_policy_rows.py" in proof.touched()
    monkeypatch.setattr(changed, "paths_since", lambda base: ["README.md"])
    assert proof.touched() == []


def test_the_turn_moves_with_each_landing():
    """A turn that is forgotten would run the same slice again, and leave others unproved."""
    last = changed.git("log", "-1", "--format=%H", "--", changed.TURN)
    if not last:
        pytest.skip("no history here")
    assert int(changed.git("rev-list", "--count", "--first-parent", f"{last}..HEAD")) <= 40
