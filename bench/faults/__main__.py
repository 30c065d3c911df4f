"""Break parts in turn: `./run faults`, or `./run faults NAME...`.

Prints a line of JSON for each fault; exits 1 when anything was lost or came twice.
"""

import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Iterator

from dev.services import state
from foundation.words import translations

from . import clocks, mail, servers, workers
from .ledger import SIZES, Ledger, Round
from .parts import Parts

FAULTS = {**workers.FAULTS, **servers.FAULTS, **mail.FAULTS, **clocks.FAULTS, **servers.LAST}
# seconds for what was intended to arrive; a mail that a dead worker had claimed waits three minutes
SOON, LIMIT = 30.0, 420.0


def main(names: list[str]) -> int:
    """Run the faults of these names, else all.

    Returns 0, 1 when something was lost or came twice, 2 for an unknown name.
    """
    if unknown := [name for name in names if name not in FAULTS]:
        print(f"Unknown fault: {', '.join(unknown)}. Faults: {', '.join(FAULTS)}.", file=sys.stderr)
        return 2
    translations.build(state.ROOT / "locale" / "fr")
    parts, well = Parts(), True
    try:
        began = time.monotonic()
        parts.up()
        ledger = connected(parts)
        ledger.fill()
        print(f"ready after {time.monotonic() - began:.0f} s, load {os.getloadavg()[0]:.1f}", file=sys.stderr)
        for found in run(names or list(FAULTS), parts, ledger):
            print(json.dumps(found), flush=True)
            well = well and found.get("lost") == found.get("duplicate") == 0
    finally:
        parts.down(keep_logs=not well)
    if not well:
        print(f"MISSED: the logs are in {parts.place}", file=sys.stderr)
    return 0 if well else 1


def connected(parts: Parts, sizes: dict[str, int] = SIZES) -> Ledger:
    """Set Django up in this process as the web has it, with the owner's address beside, and return the ledger."""
    urls = parts.urls
    os.environ.update(parts.env | {name: urls[name] for name in ("DATABASE_URL", "DATABASE_OWNER_URL")})
    os.environ.pop("DEBUG", None)
    import django

    django.setup()
    return Ledger(parts.post, urls["DATABASE_OWNER_URL"], sizes)


def run(names: list[str], parts: Parts, ledger: Ledger) -> Iterator[dict]:
    """Run the faults in turn; yield the line of each once nothing is on its way.

    What waits for the claim of a dead worker to end is waited for after the last fault, not after its own.
    """
    waiting = []
    for name in names:
        of, restarts = ledger.begin(name), len(parts.restarts)
        try:
            FAULTS[name](parts, ledger, of)
        except (Exception, SystemExit) as error:
            traceback.print_exc()
            yield {"fault": name, "error": f"{type(error).__name__}: {error}"}
            continue
        of.restarts = len(parts.restarts) - restarts
        if settled(parts, ledger, of, SOON):
            yield ledger.result(of)
        else:
            waiting.append(of)
    for of in waiting:
        settled(parts, ledger, of, LIMIT)
        yield ledger.result(of)


def settled(parts: Parts, ledger: Ledger, of: Round, seconds: float) -> bool:
    """Wait until all that was intended came, and a moment more for what comes twice; return whether it did."""
    end = time.monotonic() + seconds
    while not ledger.settled(of) and time.monotonic() < end:
        parts.watch(0.5)
    parts.watch(2)
    return ledger.settled(of)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # parts are stopped on the way
    sys.exit(main(sys.argv[1:]))
