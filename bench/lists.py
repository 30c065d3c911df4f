"""Time each list of work among 10,000, 100,000 and 1,000,000 cases: `./run bench lists [--rows N ...] [--plans]`.

A statement is sent as the application sends it, behind the policies, by a member on 300 cases at most (`reader`) and by
one on a tenth of all cases (`hard`), both of the agency that has half of all cases. In turn with it, as the owner, for
whom no policy holds: the same statement (what the policies cost), and the floor, which fetches by their keys the rows
that are known already. docs/figures/lists.md holds the last figures.
"""

import argparse
from dataclasses import dataclass

from . import base, writes
from .lines import in_turn, line, p50, p95

ROWS = [10_000, 100_000, 1_000_000]
ROUNDS = 60
OPEN = "open a case"


@dataclass(frozen=True)
class Statement:
    """Hold one SQL text, its values, and the connection that sends it."""

    sql: str
    values: tuple
    cursor: object

    def __call__(self) -> list:
        self.cursor.execute(self.sql, self.values)
        return self.cursor.fetchall()


def main(arguments: list[str]) -> bool:
    parser = argparse.ArgumentParser(prog="./run bench lists")
    parser.add_argument("--rows", type=int, action="append", help=f"cases; may be given several times ({ROWS})")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"readings of each statement ({ROUNDS})")
    parser.add_argument("--plans", action="store_true", help="print the plan of each list instead of times")
    parser.add_argument("--fan", choices=writes.FANS, action="append", help="fan-outs that are timed (all)")
    asked = parser.parse_args(arguments)
    with base.server():
        sizes = {}
        for rows in sorted(asked.rows or ROWS):
            name, crowd, seconds = base.laid(rows)
            line(f"base_laid_{short(rows)}", seconds, "s", rows)
            sizes[rows] = (name, crowd)
        if asked.plans:
            return plans(sizes)
        kept = [measured(who, sizes, asked.rounds) for who in ("reader", "hard")]
        kept.append(writes.measured(*sizes[max(sizes)], rounds=asked.rounds, fans=asked.fan or list(writes.FANS)))
    return all(kept)


def measured(who: str, sizes: dict, rounds: int) -> bool:
    """Print the figures of each list for one reader; return whether all are within their goals."""
    ways: dict[str, dict[tuple[int, str], Statement]] = {}
    for rows, (name, crowd) in sizes.items():
        for code, statements in compiled(name, crowd, getattr(crowd, who)).items():
            ways.setdefault(code, {}).update({(rows, way): told for way, told in statements.items()})
    kept = [figures(f"{code} ({who})", in_turn(told, rounds), list(sizes), rounds) for code, told in ways.items()]
    return all(kept)


def figures(code: str, times: dict[tuple[int, str], list[float]], sizes: list[int], rounds: int) -> bool:
    """Print how long a list takes at each size, how it grows, and how far it is from its floor at the largest."""
    first, last = min(sizes), max(sizes)
    for rows in sizes:
        line(f"list_p50_{short(rows)}: {code}", p50(times[rows, "list"]), "ms", rounds)
    over_p95, over_p50 = (at(times[last, "list"]) / at(times[last, "floor"]) for at in (p95, p50))
    if code.startswith(OPEN):  # one row by its key, not a page of them: a goal of its own
        line(f"open_case_over_pk_p95: {code}", over_p95, "ratio", rounds)
        kept = [line(f"open_case_over_pk_p50: {code}", over_p50, "ratio", rounds, 3)]
    else:
        kept = [line(f"list_over_floor_p95: {code}", over_p95, "ratio", rounds, 2)]
        line(f"list_over_floor_p50: {code}", over_p50, "ratio", rounds)
    kept += [
        line(f"policy_cost_p50: {code}", p50(times[last, "list"]) / p50(times[last, "owner"]), "ratio", rounds, 1.4),
    ]
    if first < last:
        span = f"{short(first)}_{short(last)}"
        for name, way, goal in (("list", "list", 1.15), ("floor", "floor", None)):
            grown = p95(times[last, way]) / p95(times[first, way])
            kept.append(line(f"{name}_growth_p95_{span}: {code}", grown, "ratio", rounds, goal))
        grown = p50(times[last, "list"]) / p50(times[first, "list"])
        line(f"list_growth_p50_{span}: {code}", grown, "ratio", rounds)
    return all(kept)


def compiled(name: str, crowd, actor) -> dict[str, dict[str, Statement]]:
    """Return for each list the statements that are timed: `list`, `owner` and `floor`. Raises ValueError for a short
    page, which would cost less."""
    from dev.seeding.lists import PAGE, lists
    from foundation.actor import acting_as
    from victims.models import Case

    base.go(name)
    application, owner = base.cursor(name, "DATABASE_URL", actor), base.cursor(name, "DATABASE_OWNER_URL", actor)
    found = {}
    with acting_as(actor):
        for code, rows in lists(actor, crowd.busy).items():
            keys = list(rows.values_list("pk", flat=True))
            if len(keys) < PAGE:
                raise ValueError(f"« {code} » has {len(keys)} rows: not a page of {PAGE}.")
            sql, values = rows.query.sql_with_params()
            floor = rows.model._base_manager.filter(pk__in=keys).order_by(*rows.query.order_by)
            floor.query.select_related = rows.query.select_related
            found[code] = {
                "list": Statement(sql, values, application),
                "owner": Statement(sql, values, owner),
                "floor": Statement(*floor.query.sql_with_params(), owner),
            }
        opened = Case.objects.visible_to(actor).filter(pk=crowd.busy).query.sql_with_params()
        known = Case.objects.filter(pk=crowd.busy).query.sql_with_params()
    found[OPEN] = {
        "list": Statement(*opened, application),
        "owner": Statement(*opened, owner),
        "floor": Statement(*known, owner),
    }
    return found


def plans(sizes: dict) -> bool:
    """Print the plan of each list, as the application gets it; return whether all are ordered scans."""
    from dev.seeding.lists import faults, lists
    from foundation.actor import acting_as

    kept = True
    for rows, (name, crowd) in sizes.items():
        base.go(name)
        for who in ("reader", "hard"):
            actor = getattr(crowd, who)
            with acting_as(actor):
                for code, asked in lists(actor, crowd.busy).items():
                    list(asked.values_list("pk"))  # once before measuring: the first read fills the cache
                    plan = asked.explain(analyze=True, buffers=True)
                    found = ", ".join(faults(plan))
                    kept &= not found
                    print(f"\n## {rows} cases, {who}: {code} ({found or 'ordered scan'})\n\n{plan}")
    return kept


def short(rows: int) -> str:
    return f"{rows // 1_000_000}m" if rows % 1_000_000 == 0 else f"{rows // 1000}k"
