"""Read the code for known faults, and write the list of what the platform is made of: `./run audit [FILE]`.

Prints a line of JSON for each check; exits 1 when anything was found. FILE receives the software bill of materials
(CycloneDX, JSON) of the production lock. In an environment of its own, since semgrep brings forty packages.
"""

import csv
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
HERE, LOCK = Path(__file__).parent, ROOT / "requirements" / "prod.lock"
CODE = ("agencies", "foundation", "indicators", "journal", "notifications", "plans", "referral", "victims")
BESIDE = sys.executable.rpartition("/")[0]
SEMGREP = (f"{BESIDE}/semgrep", "scan", "--metrics", "off", "--disable-version-check")


def main(arguments: list[str]) -> int:
    """Run every check; return 0, or 1 when something was found."""
    well = True
    for line in (*rules_hold(), *rules_asked(), *bandit_asked(), *materials(arguments[0] if arguments else "")):
        print(json.dumps({**line, "ok": not line["found"]}, ensure_ascii=False), flush=True)
        well &= not line["found"]
    return 0 if well else 1


def rules_hold() -> Iterator[dict]:
    """See that each rule of ours finds what it must, and nothing else: a rule that finds nothing is no check."""
    said = _answer(*SEMGREP, "--test", "--json", "--config", HERE / "rules.yml", HERE / "rules.py")
    (checks,) = (result["checks"] for result in said["results"].values())
    wrong = [name for name, check in checks.items() if not check["passed"]]
    yield {"check": "rules tried", "tried": len(checks), "found": wrong}


def rules_asked() -> Iterator[dict]:
    """Search the code by our own rules."""
    said = _answer(*SEMGREP, "--json", "--quiet", "--config", HERE / "rules.yml", *CODE)
    found = [f"{r['check_id'].rpartition('.')[2]} {r['path']}:{r['start']['line']}" for r in said["results"]]
    yield {"check": "rules", "tried": len(said["paths"]["scanned"]), "found": found + [str(e) for e in said["errors"]]}


def bandit_asked() -> Iterator[dict]:
    """Search the code by bandit, from medium severity on. `known.csv` says how many of each a file has, and why."""
    said = _answer(f"{BESIDE}/bandit", "--quiet", "-ll", "-f", "json", "-r", *CODE)
    counted = Counter((r["filename"], r["test_id"]) for r in said["results"])
    with (HERE / "known.csv").open() as file:
        known = {(row["file"], row["test"]): int(row["count"]) for row in csv.DictReader(file)}
    found = [
        f"{test} {file}: {counted[file, test]}, known {known.get((file, test), 0)}"
        for file, test in sorted(counted.keys() | known.keys())
        if counted[file, test] != known.get((file, test), 0)
    ]
    yield {"check": "bandit", "tried": len(said["metrics"]) - 1, "found": found + [str(e) for e in said["errors"]]}


def materials(target: str) -> Iterator[dict]:
    """Write what the production lock installs to `target`, and see that each part has a digest."""
    with tempfile.TemporaryDirectory() as made:
        file = Path(target or Path(made) / "materials.json").absolute()
        command = (f"{BESIDE}/cyclonedx-py", "requirements", LOCK, "--pyproject", ROOT / "pyproject.toml", "-o", file)
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        parts = json.loads(file.read_text())["components"]
    bare = [part["name"] for part in parts if not any(r.get("hashes") for r in part.get("externalReferences", []))]
    yield {"check": "materials", "tried": len(parts), "found": bare if parts else ["the list is empty"]}


def _answer(*command) -> dict:
    """Return the JSON that a command prints; what it found is no failure of the command."""
    done = subprocess.run([str(part) for part in command], cwd=ROOT, check=False, capture_output=True, text=True)
    try:
        return json.loads(done.stdout)
    except ValueError:
        raise SystemExit(f"{command[0]} failed: {done.stderr[-2000:]}") from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
