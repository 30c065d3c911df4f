"""Let three hundred people work, with locust, and say what each request costs which part: `./run load crowd`.

What a further host would bring cannot be measured on two cores that locust, PostgreSQL and all hosts share: seconds of
CPU a request are measured, with one web and with two, and what a core of webs serves is derived from them.
"""

import json
import os
import subprocess
import time
from collections import Counter
from dataclasses import dataclass

from bench.faults.ledger import Ledger
from bench.lines import line
from dev.services import state

from .hosts import SERVING, Hosts
from .people import Book
from .reckoning import reckon, settled

USERS, ARRIVE = 300, 5  # people, and how many of them come each second
LOCUST = state.ROOT / ".venv" / "load" / "bin" / "python"


@dataclass(frozen=True)
class Run:
    name: str
    think: str  # seconds between two pages, from and to
    seconds: int  # measured, after all have come
    webs: int


RUNS = (
    Run("two_webs", "20,40", 150, 2),
    Run("two_webs_hurried", "1,2", 40, 2),
    Run("one_web", "20,40", 90, 1),
    Run("one_web_hurried", "1,2", 40, 1),
)


def crowd(hosts: Hosts, ledger: Ledger) -> bool:
    """Run each in turn; return whether no request failed and nothing was lost or came twice."""
    if not LOCUST.exists():
        raise SystemExit(f"{LOCUST.relative_to(state.ROOT)} is missing: `./run load crowd` installs it.")
    kept = []
    for run in RUNS:
        if run.webs == 1 and "web-2" in hosts.children:
            hosts.stop("web-2")
        kept.append(_run(run, hosts))
    hosts.start("web-2")
    hosts.wait(lambda: settled(ledger), 400, "what was to be told")
    found = reckon(ledger, Book())
    kept.append(line("crowd_lost", found["lost"], "mails and notices", found["alerts"], 0))
    kept.append(line("crowd_double", found["double"], "mails and notices", found["mails"], 0))
    return all(kept)


def _run(run: Run, hosts: Hosts) -> bool:
    come = USERS / ARRIVE
    argv = [str(LOCUST), "-m", "locust", "-f", str(state.ROOT / "bench" / "load" / "locustfile.py"), "--headless"]
    argv += ["-u", str(USERS), "-r", str(ARRIVE), "-t", f"{come + run.seconds:.0f}s", "--reset-stats", "--json"]
    argv += ["--only-summary", "--exit-code-on-error", "0"]
    env = {"PATH": os.environ["PATH"], "HOME": str(hosts.place), "PYTHONPATH": str(state.ROOT)}
    env |= {"LOAD_PORT": str(hosts.port), "LOAD_THINK": run.think, "LOAD_CODES": str(hosts.place / "codes.json")}
    errors = (hosts.place / f"locust-{run.name}").open("w")
    locust = subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=hosts.place)
    try:
        hosts.watch(come + 5)
        load, before, began = os.getloadavg()[0], hosts.cpu(), time.monotonic()
        hosts.watch(run.seconds - 10)
        spent, took = Counter(hosts.cpu()), time.monotonic() - began
        spent.subtract(before)
        said = json.loads(locust.communicate(timeout=120)[0])
    finally:
        locust.kill()
        errors.close()
    return _say(run, said, spent, took, load)


def _say(run: Run, said: list[dict], spent: Counter, took: float, load: float) -> bool:
    """Print the figures of a run. `spent`: seconds of CPU of each part while `took` seconds passed."""
    times: Counter[float] = Counter()
    for entry in said:
        times.update({float(time): count for time, count in entry["response_times"].items()})
    asked, failed = sum(entry["num_requests"] for entry in said), sum(entry["num_failures"] for entry in said)
    rate = asked / (max(e["last_request_timestamp"] for e in said) - min(e["start_time"] for e in said))
    kept = line(f"{run.name}_failed", failed, "requests", asked, 0)
    line(f"{run.name}_rate", rate, "requests/s", asked)
    line(f"{run.name}_p50", quantile(times, 0.5), "ms", asked)
    line(f"{run.name}_p95", quantile(times, 0.95), "ms", asked)
    parts = Counter({"webs": sum(spent[name] for name in SERVING)})
    parts["workers and beat"] = sum(spent[name] for name in spent if name.startswith(("all", "beat")))
    parts |= {name: spent[name] for name in ("PostgreSQL", "Valkey", "proxy")}
    for name, seconds in parts.items():
        line(f"{run.name}_{name}_cores".replace(" ", "_"), seconds / took, "cores", asked)
        line(f"{run.name}_{name}_cpu".replace(" ", "_"), 1000 * seconds / (rate * took), "ms of CPU a request", asked)
    line(f"{run.name}_load", load, "load average", 1)
    return kept and asked > USERS


def quantile(times: Counter, share: float) -> float:
    """Return the smallest time that this share of the requests does not exceed."""
    left = share * times.total()
    for time_, count in sorted(times.items()):
        left -= count
        if left <= 0:
            return time_
    raise ValueError("no request")
