"""Break parts in turn: `./run faults`, or `./run faults NAME...`.

Prints a line of JSON for each fault; exits 1 when anything was lost or came twice.
"""

import json
import os
import signal
import sys
import time

from dev.services import state
from foundation.words import translations

from . import workers
from .ledger import Ledger
from .parts import Parts

FAULTS = {**workers.FAULTS}
LIMIT = 420.0  # seconds for what was intended to arrive; a claimed mail of a dead worker waits three minutes


def main(names: list[str]) -> int:
    """Run the faults of these names, else all.

    Returns 0, 1 when something was lost or came twice, 2 for an unknown name.
    """
    if unknown := [name for name in names if name not in FAULTS]:
        print(f"Unknown fault: {', '.join(unknown)}. Faults: {', '.join(FAULTS)}.", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # parts are stopped on the way
    translations.build(state.ROOT / "locale" / "fr")
    parts, well = Parts(), True
    try:
        began = time.monotonic()
        parts.up()
        ledger = connected(parts)
        ledger.fill()
        print(f"ready after {time.monotonic() - began:.0f} s, load {os.getloadavg()[0]:.1f}", file=sys.stderr)
        for name in names or FAULTS:
            found = run(name, parts, ledger)
            print(json.dumps(found), flush=True)
            well = well and not found["lost"] and not found["duplicate"]
    finally:
        parts.down(keep_logs=not well)
    if not well:
        print(f"MISSED: the logs are in {parts.place}", file=sys.stderr)
    return 0 if well else 1


def connected(parts: Parts) -> Ledger:
    """Set Django up in this process as the web has it, with the owner's address beside, and return the ledger."""
    urls = parts.urls
    os.environ.update(parts.env | {name: urls[name] for name in ("DATABASE_URL", "DATABASE_OWNER_URL")})
    os.environ.pop("DEBUG", None)
    import django

    django.setup()
    return Ledger(parts.post, urls["DATABASE_OWNER_URL"])


def run(name: str, parts: Parts, ledger: Ledger) -> dict:
    """Run one fault, wait until nothing is on its way, and return its line."""
    of = ledger.begin(name)
    FAULTS[name](parts, ledger, of)
    end = time.monotonic() + LIMIT
    while not ledger.settled(of) and time.monotonic() < end:
        time.sleep(0.5)
    time.sleep(2)  # for a second one that is on its way
    return ledger.result(of)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
