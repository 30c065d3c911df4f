"""Run `./run check`, the steps of continuous integration, in the order of what fails fastest.

Every step runs, even after a failure, so that one run shows all faults.
"""

import os
import subprocess
import sys
import tempfile
import time

from dev.services import state

PYTHON = sys.executable
MODULE = [PYTHON, "-m"]
STEPS: dict[str, list[str]] = {
    "format": [*MODULE, "ruff", "format", "--check", "."],
    "lint": [*MODULE, "ruff", "check", "."],
    "types": [*MODULE, "mypy"],
    "import contracts": [PYTHON, "-c", "from importlinter.cli import lint_imports_command as run; run()"],
    "no path of a machine, no package index": [*MODULE, "dev.hygiene"],
    "migrations complete": [
        *[*MODULE, "dev.services.session"],
        *["manage.py", "makemigrations", "--check", "--dry-run"],
    ],
    "locks of migrations": [*MODULE, "dev.services.session", "-m", "dev.migration_locks"],
    # work stealing: an idle worker takes queued tests of a busy one. ./run proof runs those marked long, and all
    # cases of those marked proof, of which a sample is tried here
    "tests": [*MODULE, "pytest", "-q", "-n", "3", "--dist", "worksteal", "-m", "not long"],
}


def main(only: list[str]) -> int:
    """Run the steps whose names begin with the arguments, or all of them.

    Returns 0, 1 when a step failed, 2 for an unknown step.
    """
    unknown = [word for word in only if not any(step.startswith(word) for step in STEPS)]
    if unknown:
        print(f"Unknown step: {', '.join(unknown)}. Steps: {', '.join(STEPS)}.", file=sys.stderr)
        return 2
    began, failed = time.monotonic(), []
    with tempfile.TemporaryDirectory(prefix="nrm-check-") as throw_away:
        env = os.environ | {"STATE_DIR": throw_away, "DEBUG": "1", "PYTHONUNBUFFERED": "1"}
        for step, command in STEPS.items():
            if only and not any(step.startswith(word) for word in only):
                continue
            print(f"\n== {step}", flush=True)
            started = time.monotonic()
            code = subprocess.run(command, cwd=state.ROOT, env=env).returncode
            print(
                f"== {step}: {'ok' if code == 0 else 'FAILED'}, {time.monotonic() - started:.1f} s",
                flush=True,
            )
            if code:
                failed.append(step)
    verdict = f"Failed: {', '.join(failed)}" if failed else "All ok"
    print(f"\n{verdict}, {time.monotonic() - began:.0f} s in all.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
