"""What the benches share: a line of JSON a figure, and times taken in turn."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench import __main__ as bench
from bench import lines, lists


def test_line_says_figure_and_whether_goal_is_kept(capsys):
    assert lines.line("list_growth", 1.15, "ratio", 60, goal=1.15)
    assert not lines.line("list_growth", 1.16, "ratio", 60, goal=1.15)
    assert lines.line("list", 0.123456, "ms", 60)
    said = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert said[0] == {"name": "list_growth", "value": 1.15, "unit": "ratio", "goal": 1.15, "n": 60}
    assert said[2] == {"name": "list", "value": 0.1235, "unit": "ms", "goal": None, "n": 60}


def test_ways_are_timed_in_turn():
    called = []
    taken = lines.in_turn({"floor": lambda: called.append("floor"), "list": lambda: called.append("list")}, 40)
    assert [len(times) for times in taken.values()] == [40, 40]
    rounds = [tuple(called[at : at + 2]) for at in range(0, 82, 2)]
    assert set(rounds) == {("floor", "list"), ("list", "floor")}
    assert min(times[0] for times in taken.values()) > 0


def test_percentiles_are_values_that_were_read():
    assert lines.p95([float(n) for n in range(1, 101)]) == 95
    assert lines.p95([3.0]) == 3
    assert lines.p50([1.0, 9.0, 2.0]) == 2


@pytest.mark.parametrize(("kept", "code"), [(True, 0), (False, 1)])
def test_missed_goal_ends_the_command_with_1(monkeypatch, kept, code):
    part = type("Part", (), {"main": staticmethod(lambda rest: kept if rest == ["--rows"] else None)})
    monkeypatch.setitem(sys.modules, "bench.made_up", part)
    monkeypatch.setattr(bench, "PARTS", {"made_up": "bench.made_up"})
    assert bench.main(["made_up", "--rows"]) == code
    assert bench.main(["other"]) == 2


def figures(capsys, code: str, taken: float) -> dict[str, tuple[float, float | None]]:
    """Return value and goal of each figure of a list that takes so long, and nine times that in its worst readings."""
    slow = [taken] * 90 + [9 * taken] * 10
    times = {(10, "list"): slow, (10, "owner"): [1.0] * 100, (10, "floor"): [1.0] * 100}
    kept = lists.figures(code, times, [10], 100)
    said = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert kept == all(one["goal"] is None or one["value"] <= one["goal"] for one in said)
    return {one["name"].partition(":")[0]: (one["value"], one["goal"]) for one in said}


def test_opening_a_case_has_a_goal_of_its_own_at_the_median(capsys):
    opened = figures(capsys, "open a case (hard)", 2.9)
    assert opened["open_case_over_pk_p50"] == (2.9, 3)
    assert opened["open_case_over_pk_p95"] == (26.1, None)
    assert not any(name.startswith("list_over_floor") for name in opened)
    listed = figures(capsys, "mine (hard)", 2.9)
    assert (listed["list_over_floor_p95"], listed["list_over_floor_p50"]) == ((26.1, 2), (2.9, None))
    assert not any(name.startswith("open_case") for name in listed)


@pytest.mark.long
@pytest.mark.whole
def test_a_small_run_of_the_lists_gives_each_figure():
    """It acts in the database as the application does, whose rules change: a run must not end in the middle."""
    command = [sys.executable, "-m", "bench", "lists", "--rows", "3000", "--rounds", "1", "--fan", "5k"]
    ended = subprocess.run(command, cwd=Path(bench.__file__).parents[1], capture_output=True, text=True, timeout=600)
    said = {one["name"].partition(":")[0]: one for one in map(json.loads, ended.stdout.splitlines())}
    assert {"list_over_floor_p95", "policy_cost_p50", "open_case_over_pk_p50", "grant_over_insert"} <= said.keys()
    assert said["fanout_5k_notices"]["value"] > 5_000 and said["fanout_over_insert_select_5k"]["value"] > 0
    assert "Traceback" not in ended.stderr, ended.stderr[-3000:]
