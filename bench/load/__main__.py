"""Replace each host in turn, then migrate, while people work: `./run load`, or `./run load NAME...`.

`./run load crowd`, alone, lets three hundred people work instead (bench/load/crowd.py).

Prints a line of JSON for each figure; exits 1 unless no request failed, no alert was lost and no mail came twice.
"""

import os
import signal
import sys
import time
from collections.abc import Callable

from bench.faults.__main__ import connected
from bench.faults.ledger import Ledger
from bench.lines import line, p50, p95
from dev.services import state
from foundation.words import translations

from . import crowd, house, later
from .hosts import SERVING, WORKERS, Hosts
from .people import Book, seven
from .reckoning import reckon, settled

QUIET = 3.0  # seconds of load before and after


def rolling_restart(hosts: Hosts, ledger: Ledger) -> None:
    """Replace each web, those of sign-in too, and each worker in turn."""
    for name in (*SERVING, *WORKERS):
        took = hosts.roll(name)
        print(f"{name} ended after {took:.1f} s", file=sys.stderr)
        hosts.watch(QUIET)


def migration(hosts: Hosts, ledger: Ledger) -> None:
    """Migrate to a next release that adds columns and indexes and changes a policy."""
    place = later.write(hosts)
    later.check_locks(hosts, place)
    began = time.monotonic()
    later.migrate(hosts, place, ledger)
    print(f"migrated in {time.monotonic() - began:.1f} s", file=sys.stderr)


def pooled(hosts: Hosts, ledger: Ledger) -> None:
    """Start PgBouncer, and replace webs and workers by such as reach the database through it."""
    direct = connections_of(ledger)
    hosts.pool()
    rolling_restart(hosts, ledger)
    line("pooled_connections_before", direct, "connections of webs and workers", 1)
    line("pooled_connections", connections_of(ledger), "connections of webs and workers", 1)


def nothing(hosts: Hosts, ledger: Ledger) -> None:
    """Let people work, and change nothing: they sign in, and each thing that they do is answered."""
    hosts.watch(20)


def connections_of(ledger: Ledger) -> int:
    asked = "SELECT count(*) FROM pg_stat_activity WHERE usename IN ('nrm_app', 'nrm_worker')"
    return ledger.ask(asked)[0][0]


PARTS: dict[str, Callable[[Hosts, Ledger], None]] = {
    "restart": rolling_restart,
    "migration": migration,
    "pooled": pooled,
}
SAMPLE = {"sample": nothing}  # of the suite


def main(names: list[str]) -> int:
    """Run the parts of these names, else all; return 0, 1 when something failed or was lost, 2 for an unknown name."""
    crowded = names == ["crowd"]
    if unknown := [name for name in names if name not in PARTS | SAMPLE and not crowded]:
        print(f"Unknown part: {', '.join(unknown)}. Parts: {', '.join(PARTS)}, or crowd alone.", file=sys.stderr)
        return 2
    translations.build(state.ROOT / "locale" / "fr")
    hosts, well = Hosts(), True
    try:
        hosts.up()
        ledger = connected(hosts, house.CROWDED if crowded else house.SIZES)
        house.fill(ledger, 60, *((180, 30) if crowded else (1, 1)))
        if crowded:
            well = crowd.crowd(hosts, ledger)
        else:
            for name in names or PARTS:
                well &= under_load(name, hosts, ledger)
            if names != list(SAMPLE):
                well &= second_beat(hosts, ledger)
    finally:
        hosts.down(keep_logs=not well)
    if not well:
        print(f"MISSED: the logs are in {hosts.place}", file=sys.stderr)
    return 0 if well else 1


def under_load(name: str, hosts: Hosts, ledger: Ledger) -> bool:
    """Run one part while people work, and print what failed, was lost or came twice."""
    book = Book()
    people, load = seven(hosts.port, book), os.getloadavg()[0]
    for person in people:
        person.start()
    try:
        hosts.watch(QUIET)
        (PARTS | SAMPLE)[name](hosts, ledger)
        hosts.watch(QUIET)
    finally:
        for person in people:
            person.stop()
        for person in people:
            person.join(90)
    took = time.monotonic() - book.began
    hosts.wait(lambda: settled(ledger), 240, "what was to be told")
    hosts.watch(2)  # what comes twice
    print(*book.failed, sep="\n", file=sys.stderr)
    found, asked = reckon(ledger, book), len(book.seconds)
    kept = [
        line(f"{name}_failed_requests", len(book.failed), "requests", asked, 0),
        line(f"{name}_lost", found["lost"], "alerts, answers and mails", len(book.sent) + len(book.answered), 0),
        line(f"{name}_double", found["double"], "mails and notices", found["mails"], 0),
        line(f"{name}_parts_that_ended", len(hosts.restarts), "processes", len(hosts.UP), 0),
    ]
    line(f"{name}_requests", asked / took, "requests/s", asked)
    line(f"{name}_sign_ins", book.signed_in, "sign-ins", asked)
    line(f"{name}_p50", 1000 * p50(book.seconds), "ms", asked)
    line(f"{name}_p95", 1000 * p95(book.seconds), "ms", asked)
    line(f"{name}_worst", 1000 * max(book.seconds), "ms", asked)
    line(f"{name}_load", load, "load average before", 1)
    return all(kept) and asked > (100 if name in PARTS else 20)


def second_beat(hosts: Hosts, ledger: Ledger) -> bool:
    """Start a second beat: it waits while the first one lives, and goes on when the first one is ended."""

    def holders() -> set[str]:
        asked = "SELECT holder FROM journal_heartbeat WHERE kind = 'beat' AND holder <> ''"
        return {name for (name,) in ledger.ask(asked)}

    first = holders()
    hosts.start("beat-2")
    hosts.watch(20)
    idle = line("second_beat_idle", len(holders() ^ first), "taken over in 20 s", 1, 0)
    began = time.monotonic()
    hosts.stop("beat")
    hosts.wait(lambda: holders() - first, 60, "the second beat")
    took = time.monotonic() - began
    return idle & line("second_beat_takes_over", took, "s", 1, 20) and len(first) == len(holders()) == 1


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # parts are stopped on the way
    sys.exit(main(sys.argv[1:]))
