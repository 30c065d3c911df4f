"""Run the benches of `./run bench`: each prints one line of JSON a figure, and `kept` or `MISSED` at the end.

A bench is a module here with `main(arguments) -> bool`: whether each figure is within its goal. It makes what it needs
and leaves nothing.
"""

import sys
from importlib import import_module

PARTS = {
    "lists": "bench.lists", "pages": "bench.pages", "journal": "bench.journal", "storm": "bench.sign_in_storm",
}  # fmt: skip


def main(arguments: list[str]) -> int:
    """Run the part that is named first with the other arguments, else all.

    Returns 0, 1 when a goal was missed, 2 for an unknown part.
    """
    part, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if part and part not in PARTS:
        print(f"Unknown part: {part}. Parts: {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    missed = [name for name in ([part] if part else PARTS) if not import_module(PARTS[name]).main(rest)]
    print(f"MISSED: {', '.join(missed)}" if missed else "kept", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
