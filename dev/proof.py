"""Run the proof: the tests marked long, and to their end those marked proof, of which `./run check` tries a sample.

A part of the proof is a test module. `./run proof` runs all parts; cut, or with a failure, it goes on the next time
with the parts that have not passed yet on the same files. `./run proof --turn`, for continuous integration, runs the
parts that the change touches and one slice of ten of the others: each landing adds one to `.ci/turn`, so ten landings
run everything.
"""

import hashlib
import os
import subprocess
import sys
import zlib

from dev import changed
from dev.services import state

SLICES = 10
FIRST = 2  # the number 1 landed together with it, so that no run had it
RECORDS = state.ROOT / ".cache" / "proof"
# conditions dropped in turn: read from the database, so that no test names the file a policy stands in
OF_SQL = ("test_policy", "test_definer", "test_rows", "test_visibility", "test_any_policy", "test_actors_at")


def slice_of(part: str) -> int:
    """Return the slice of a part, the same whatever other parts there are."""
    return zlib.crc32(part.encode()) % SLICES


def turn() -> int:
    return int((state.ROOT / changed.TURN).read_text())


def touched() -> list[str] | None:
    """Return the test modules touched by what changed since the turn before, None where the history does not say."""
    base = changed.before_this_turn()
    paths = changed.paths_since(base) if base else None
    if paths is None:
        return None
    modules = set(changed.tests_of(paths))
    if any(path.endswith(".sql") for path in paths):
        guarantees = (state.ROOT / "tests" / "guarantees").glob("test_*.py")
        modules |= {str(p.relative_to(state.ROOT)) for p in guarantees if p.name.startswith(OF_SQL)}
    return sorted(modules)


def digest(kind: str) -> str:
    """Return the digest of all files of the project: a part that passed on others has to pass again."""
    listed = changed.git("ls-files", "--cached", "--others", "--exclude-standard") or ""
    made = hashlib.sha256(kind.encode())
    for name in sorted(set(listed.splitlines())):
        path = state.ROOT / name
        if path.is_file():
            made.update(name.encode() + b"\n" + path.read_bytes())
    return made.hexdigest()[:16]


def whole(kind: str) -> dict[str, str]:
    record = RECORDS / digest(kind)
    RECORDS.mkdir(parents=True, exist_ok=True)
    passed = record.read_text().split() if record.exists() else []
    if passed:
        print(f"Proof: {len(passed)} parts passed already on these files; {record.name} in .cache/proof forgets them.")
    return {"PROOF_PASSED": "\n".join(passed), "PROOF_RECORD": str(record)}


def of_turn() -> dict[str, str]:
    number, modules = turn(), touched()
    if modules is None:
        print(f"Proof: turn {number}. The history does not say what changed: every part runs.")
        return {"PROOF_TURN": str(number)}
    print(f"Proof: turn {number}, slice {number % SLICES} of {SLICES}, and what changed since the turn before.")
    return {"PROOF_TURN": str(number), "PROOF_SLICE": str(number % SLICES), "PROOF_TOUCHED": "\n".join(modules)}


def main(words: list[str]) -> int:
    """Run the proof, or the turn of continuous integration; other words go to pytest. Returns the code of pytest."""
    in_turn = "--turn" in words
    kind = os.environ.setdefault("PROOF", "rights" if in_turn else "whole")
    chosen = of_turn() if in_turn else whole(kind)
    sys.stdout.flush()
    marked = "proof or long" if kind == "whole" else "(proof or long) and not whole"
    command = [sys.executable, "-m", "pytest", "-q", "-n", "3", "--dist", "worksteal", "-p", "tests.proof_parts"]
    others = [word for word in words if word != "--turn"]
    code = subprocess.run([*command, "-m", marked, *others], cwd=state.ROOT, env=os.environ | chosen).returncode
    return 0 if code == 5 else code  # 5: every part has passed already, or the slice holds none of these


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
