"""Faults of time: two beats, and clocks that are moved."""

import os
from pathlib import Path

from .ledger import Ledger, Round
from .parts import Parts
from .workers import next_mail

FAKETIME = "/usr/lib/{}/faketime/libfaketime.so.1"
MACHINES = ("x86_64-linux-gnu", "aarch64-linux-gnu")
MOVED = ("clocks", "mail", "beat")


def two_beats(parts: Parts, ledger: Ledger, of: Round) -> None:
    """A second beat is started beside the first, for three runs of the periodic work; then the first one is killed."""
    parts.start("beat-2")
    ledger.make_overdue(of, 10)
    ledger.send(of, "few")
    parts.watch(35)
    parts.kill("beat")
    ledger.make_overdue(of, 10)
    next_mail(parts, ledger, of)
    parts.wait(lambda: ledger.settled(of), 120, "what the second beat gave out")
    parts.start("beat")
    parts.stop("beat-2")


def clock_moved(parts: Parts, ledger: Ledger, of: Round) -> None:
    """The clock of the host of workers and beat is moved an hour back while they run, then two hours forward.

    What is overdue by the database's clock is escalated, and nothing else. Raises SystemExit without libfaketime.
    """
    library = next((path for path in map(FAKETIME.format, MACHINES) if Path(path).exists()), None)
    if library is None:
        raise SystemExit("clock-moved needs libfaketime (Debian: apt-get install faketime).")
    hands = parts.place / "hands"
    hands.write_text("+0")
    parts.stop(*MOVED)
    parts.more = {
        "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": str(hands), "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1", "PATH": os.environ["PATH"],
    }  # fmt: skip
    for name in MOVED:
        parts.start(name)
    ledger.make_overdue(of, 3)
    parts.wait(lambda: ledger.settled(of), 120, "what was due before")
    for moved in ("-3600", "+3600"):
        hands.write_text(moved)
        ledger.make_overdue(of, 5)
        ledger.wait_for_nothing(of, 5)
        ledger.send(of, "few")
        next_mail(parts, ledger, of)
        parts.wait(lambda: ledger.settled(of), 180, f"what is due by a clock moved by {moved} s")
    parts.stop(*MOVED)
    parts.more = {}
    for name in MOVED:
        parts.start(name)


FAULTS = {"two-beats": two_beats, "clock-moved": clock_moved}
