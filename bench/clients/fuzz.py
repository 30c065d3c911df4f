"""Let schemathesis try every operation of the document for each program and each seed, with all its checks.

Left out is one check of it, `positive_data_acceptance`: it takes any 400 to what the document allows for a fault. Ours
(`checks.py`) takes it for one unless each error names a rule that no schema can state.
"""

import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from dev.services import state

from .running import COORDINATION, READER, SHELTER, Platform

USERS = {"shelter": SHELTER, "coordination": COORDINATION, "reader": READER}
SEEDS = (20261128, 77, 4242)
PHASES = ("coverage", "fuzzing", "stateful")
LEAST = 5_000  # cases in all
EXAMPLES = 5  # random cases of each operation
SCHEMATHESIS = state.ROOT / ".venv" / "clients" / "bin" / "st"
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
SAID = 6_000  # characters of what schemathesis says of its failures
TIMEOUT = 3_600  # seconds of one run


def tried(platform: Platform) -> Iterator[dict]:
    """Run each user with each seed; yield the line of each, then that of all.

    Each user, and each seed, has each phase once: what the document leads to, random cases, and operations that follow
    from one another.
    """
    lines = []
    for first, seed in enumerate(SEEDS):
        for number, user in enumerate(USERS):
            lines.append(run(platform, user, seed, PHASES[(first + number) % len(PHASES)]))
            yield lines[-1]
    cases, failures = (sum(line.get(name, 0) for line in lines) for name in ("cases", "failures"))
    yield {"cases": cases, "failures": failures, "ok": cases >= LEAST and failures == 0}


def sample(platform: Platform) -> Iterator[dict]:
    """Run the shelter's program over what the document leads to for alerts, requests and notices."""
    tags = [part for tag in ("alerts", "orientations", "notices") for part in ("--include-tag", tag)]
    yield run(platform, "shelter", SEEDS[0], "coverage", *tags)


def run(platform: Platform, user: str, seed: int, phase: str, *narrowed: str) -> dict:
    """Run schemathesis once, as the program of this user, and return what it tried and found."""
    client = f"fuzz-{user}-{seed}"
    platform.add(client, USERS[user])
    place = platform.place / client
    place.mkdir()
    report = place / "report.json"
    argv = [
        str(SCHEMATHESIS), "--config-file", str(CONFIGURATION),
        "run", str(state.ROOT / "docs" / "openapi.json"), "--url", platform.site,
        "-H", f"Authorization: Bearer {platform.token(client)}", "--checks", "all",
        "--exclude-checks", "positive_data_acceptance", "--seed", str(seed), "-n", str(EXAMPLES), "-w", "2",
        "--phases", phase, *narrowed,
        "--continue-on-failure", "--request-timeout", "60", "--generation-database", "none", "--no-color",
        "--report", "json,ndjson", "--report-json-path", str(report),
        "--report-ndjson-path", str(place / "cases.ndjson"),
    ]  # fmt: skip
    env = {"PATH": os.environ["PATH"], "HOME": str(place), "PYTHONPATH": str(state.ROOT), "LC_ALL": "C.UTF-8"}
    env["SCHEMATHESIS_HOOKS"] = "bench.clients.checks"
    with (place / "said").open("w") as said:
        done = subprocess.run(argv, cwd=place, env=env, stdout=said, stderr=said, timeout=TIMEOUT)
    if not report.exists():
        return {"user": user, "seed": seed, "error": (place / "said").read_text()[-3000:], "ok": False}
    found = json.loads(report.read_text())
    failures, answers = found["failures"], _answers(place / "cases.ndjson")
    told = (place / "said").read_text().partition("FAILURES")[2]
    return {
        "user": user,
        "seed": seed,
        "phase": phase,
        "operations": found["operations"]["tested"],
        "cases": found["test_cases"]["generated"],
        "failures": sum(one["count"] for one in failures),
        "errors": found["errors"],
        "kinds": [f"{one['title']}: {', '.join(one['operations'])}" for one in failures],
        "answers": answers,
        "seconds": round(found["running_time"], 1),
        "ok": done.returncode == 0 and not failures and not found["errors"],
        **({"said": told[:SAID]} if failures else {}),
    }


def _answers(path: Path) -> dict[str, int]:
    """Return how many answers of each status came."""
    counted: Counter[str] = Counter()
    with path.open() as lines:
        for line in lines:
            event = json.loads(line)
            for one in event.get("ScenarioFinished", {}).get("recorder", {}).get("interactions", {}).values():
                counted[str((one.get("response") or {}).get("status_code", "none"))] += 1
    return dict(sorted(counted.items()))
