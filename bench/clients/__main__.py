"""Let clients made by others play whole stories, and schemathesis try every operation: `./run clients [part]`.

Prints a line of JSON for each step or run; exits 1 when one failed.
"""

import json
import signal
import sys
from collections.abc import Callable, Iterator

from dev.services import state
from foundation.words import translations

from . import fuzz, generate
from .running import Platform

PARTS: dict[str, Callable[[Platform], Iterator[dict]]] = {"stories": generate.played, "operations": fuzz.tried}
SAMPLE = {"sample": fuzz.sample}  # of the suite


def main(names: list[str]) -> int:
    """Run the parts of these names, else all; return 0, 1 when something failed, 2 for an unknown name."""
    if unknown := [name for name in names if name not in PARTS | SAMPLE]:
        print(f"Unknown part: {', '.join(unknown)}. Parts: {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    if not fuzz.SCHEMATHESIS.exists():
        raise SystemExit(f"{fuzz.SCHEMATHESIS.relative_to(state.ROOT)} is missing: `./run clients` installs it.")
    translations.build(state.ROOT / "locale" / "fr")
    well = True
    with Platform() as platform, platform.without_quota():
        for name in names or PARTS:
            for line in (PARTS | SAMPLE)[name](platform):
                print(json.dumps({"part": name, **line}), flush=True)
                well &= line["ok"]
    return 0 if well else 1


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # parts are stopped on the way
    sys.exit(main(sys.argv[1:]))
