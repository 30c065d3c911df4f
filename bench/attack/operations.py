"""Try every operation of the API as three programs: what the document leads to, random values, and chains of both."""

from collections.abc import Iterator

from bench.clients import fuzz


def tried(platform) -> Iterator[dict]:
    """Yield a line for each program, which has one phase; `./run clients operations` gives each of them all three.

    Found is what is a server error, what the document does not say, and what a program is given beyond its scopes.
    """
    with platform.without_quota():
        for user, phase in zip(fuzz.USERS, fuzz.PHASES, strict=True):
            line = fuzz.run(platform, user, fuzz.SEEDS[0], phase)
            found = (
                [line["error"]]
                if "error" in line
                else [*line["kinds"], *([f"{line['errors']} errors"] * bool(line["errors"]))]
            )
            if not found and not line["ok"]:
                found = ["schemathesis ended badly"]
            yield {"check": f"operations, {phase}", "user": user, "found": found} | {
                name: line[name] for name in ("operations", "cases", "answers", "seconds") if name in line
            }
