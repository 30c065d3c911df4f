"""Choose the parts of the proof that run, say how far it is, and note the parts that passed: a plugin of pytest.

`dev.proof` tells it by the environment what to choose, since the processes of a parallel run collect each for itself:
PROOF_PASSED names the parts left out; PROOF_SLICE and PROOF_TOUCHED those that run, when not all do; PROOF_RECORD is
the file where the parts that passed are noted, PROOF_TURN the number of the turn.
"""

import os
import time
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from dev.proof import FIRST, SLICES, slice_of

PASSED = set(os.environ.get("PROOF_PASSED", "").split())
SLICE = os.environ.get("PROOF_SLICE", "")
TOUCHED = set(os.environ.get("PROOF_TOUCHED", "").split())


def part_of(test: str) -> str:
    return test.split("::", 1)[0]


def runs(part: str) -> bool:
    if SLICE and part not in TOUCHED:
        return slice_of(part) == int(SLICE)
    return part not in PASSED


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the parts that are not chosen; the process that shows the results is told all there are."""
    left = [item for item in items if not runs(part_of(item.nodeid))]
    if hasattr(config, "workeroutput"):
        config.workeroutput["parts"] = sorted({part_of(item.nodeid) for item in items})
    items[:] = [item for item in items if runs(part_of(item.nodeid))]
    config.hook.pytest_deselected(items=left)


class Progress:
    """Say each part that ends, with the time the others may take, and at the end the age of each."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.began = time.monotonic()
        self.left: Counter[str] = Counter()  # tests of each part still to come
        self.tests = self.parts = self.done = 0
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.failed: set[str] = set()
        self.all_parts: list[str] = []

    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        if not self.tests:
            self.left.update(map(part_of, ids))
            self.tests, self.parts = len(ids), len(self.left)

    def pytest_testnodedown(self, node) -> None:
        self.all_parts = getattr(node, "workeroutput", {}).get("parts", self.all_parts)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        part = part_of(report.nodeid)
        self.seconds[part] += report.duration
        if report.failed:
            self.failed.add(part)
        if report.when != "teardown":
            return
        self.done += 1
        self.left[part] -= 1
        if not self.left[part]:
            self.part_ended(part)

    def part_ended(self, part: str) -> None:
        ended = sum(not left for left in self.left.values())
        spent = time.monotonic() - self.began
        more = spent / self.done * (self.tests - self.done)
        verdict = "FAILED" if part in self.failed else "passed"
        say = f"{part} {verdict}, {self.seconds[part]:.0f} s; {ended} of {self.parts} parts in {spent / 60:.0f} min,"
        self.write(f"\n{say} about {more / 60:.0f} min more")
        record = os.environ.get("PROOF_RECORD")
        if record and verdict == "passed":
            with Path(record).open("a") as lines:
                lines.write(f"{part}\n")

    def write(self, line: str) -> None:
        self.config.pluginmanager.get_plugin("terminalreporter").write_line(line)

    def pytest_terminal_summary(self) -> None:
        """Print the age of each part: the turns since its slice ran, none for what runs now."""
        if "PROOF_TURN" not in os.environ:
            return
        number, ages = int(os.environ["PROOF_TURN"]), defaultdict(list)
        for part in self.all_parts:
            age = 0 if runs(part) else (number - slice_of(part)) % SLICES
            ages[words(age, number)].append(part)
        for said in sorted(ages):
            self.write(f"{said}: {', '.join(ages[said])}")


def words(age: int, turn: int) -> str:
    """Say how old a run is; before the first turn there was none."""
    if not age:
        return "run in this turn"
    return f"run {age} turns ago" if turn - age >= FIRST else "run in no turn yet"


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Progress(config), "progress-of-the-proof")
