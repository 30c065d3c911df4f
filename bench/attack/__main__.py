"""Run the attacks, each on fictitious data: `./run attack [part]`.

Prints a line of JSON for each check, with what was tried and what was found; exits 1 when anything was. The platform is
one of its own, on the loopback, and ends with the run.
"""

import json
import signal
import sys
from collections.abc import Callable, Iterator

from bench.clients.running import Platform
from dev.services import state
from foundation.words import translations

from . import addresses, documents, entrance, files, markup, operations, statements

PARTS: dict[str, Callable[[Platform], Iterator[dict]]] = {
    "files": files.tried,
    "documents": documents.tried,
    "markup": markup.tried,
    "addresses": addresses.tried,
    "operations": operations.tried,
    "statements": statements.tried,
    "entrance": entrance.tried,  # closes doors: behind the others
    "entrance-without-redis": entrance.tried_without_redis,
}
SAMPLE = {"sample": markup.sample}  # of the suite


def main(names: list[str]) -> int:
    """Run the parts of these names, else all; return 0, 1 when something was found, 2 for an unknown name."""
    if unknown := [name for name in names if name not in PARTS | SAMPLE]:
        print(f"Unknown part: {', '.join(unknown)}. Parts: {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    translations.build(state.ROOT / "locale" / "fr")
    well = True
    with Platform(HOOKS_TO_LOOPBACK="0") as platform:  # as in production
        for name in names or PARTS:
            for line in (PARTS | SAMPLE)[name](platform):
                print(json.dumps({"part": name, **line, "ok": not line["found"]}, ensure_ascii=False), flush=True)
                well &= not line["found"]
    return 0 if well else 1


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # the platform is stopped on the way
    sys.exit(main(sys.argv[1:]))
