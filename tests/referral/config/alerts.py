"""Ask promtool which alerts of deploy/prometheus/alerts.yml fire, on values that were scraped from the real parts."""

import json
import re
import shutil
import subprocess
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from dev.hygiene import ROOT

RULES = ROOT / "deploy" / "prometheus" / "alerts.yml"
WELL, LATER = 20, 75  # minutes of the first scrape, then until the alerts are asked for; samples each minute
COUNTER = re.compile(r"_(total|bucket|sum|count)\{")
HEALTHY = {
    f'up{{job="{job}"}}': 1.0 for job in ("web", "sign-in", "disks")
}  # what Prometheus itself says of a scrape that came


def promtool(*arguments: str | Path) -> subprocess.CompletedProcess:
    program = shutil.which("promtool")
    assert program, "promtool is missing: apt-get install promtool"
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, timeout=60)


def series(*pages: str) -> dict[str, float]:
    """Return {name{label="value"}: value} of scraped pages."""
    found = {}
    for page in pages:
        for family in text_string_to_metric_families(page):
            for sample in family.samples:
                labels = ",".join(f"{name}={json.dumps(value)}" for name, value in sorted(sample.labels.items()))
                found[f"{sample.name}{{{labels}}}"] = sample.value
    return found


def fires(place: Path, well: dict[str, float], broken: dict[str, float], expected: set[str]) -> str:
    """Return what promtool has against this: nothing fires while `well` lasts, exactly `expected` after more than an
    hour of `broken`; an empty text when nothing.

    Where only `broken` misses a series, it stops; what a counter rose by between the two, it rises by each minute.
    """
    lines = [{"series": name, "values": _values(name, well, broken)} for name in sorted({*well, *broken})]
    asked = 'group by (alertname) (ALERTS{alertstate="firing"})'
    firing = [{"labels": f'{{alertname="{name}"}}', "value": 1} for name in sorted(expected)]
    test = {
        "rule_files": [str(RULES)],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": lines,
                "promql_expr_test": [
                    {"expr": asked, "eval_time": f"{WELL}m", "exp_samples": []},
                    {"expr": asked, "eval_time": f"{WELL + LATER}m", "exp_samples": firing},
                ],
            }
        ],
    }
    path = place / "test.yml"
    path.write_text(json.dumps(test))
    done = promtool("test", "rules", path)
    return "" if done.returncode == 0 else f"{done.stdout}{done.stderr}"


def _values(name: str, well: dict[str, float], broken: dict[str, float]) -> str:
    """Return a series in the notation of promtool, which knows no infinity."""
    known = {kind: min(page[name], 1e12) for kind, page in (("well", well), ("broken", broken)) if name in page}
    before = f"{known['well']:f}x{WELL}" if "well" in known else f"_x{WELL}"
    if "broken" not in known:
        return f"{before} stale _x{LATER}"
    if COUNTER.search(name):
        step = known["broken"] - known.get("well", 0.0)
        return f"{before} {known['broken']:f}+{step:f}x{LATER - 1}"
    return f"{before} {known['broken']:f}x{LATER}"
