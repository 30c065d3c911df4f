"""Print figures as lines of JSON, and take times of several ways in turn, so that a busy machine slows all alike."""

import json
import random
import statistics
from collections.abc import Callable
from time import perf_counter


def line(name: str, value: float, unit: str, n: int, goal: float | None = None) -> bool:
    """Print one figure; return whether it is within its goal, the most it may be.

    `n`: how many readings the figure stands on.
    """
    value = round(value, 4)
    print(json.dumps({"name": name, "value": value, "unit": unit, "goal": goal, "n": n}), flush=True)
    return goal is None or value <= goal


def in_turn(
    ways: dict[str, Callable[[], object]], rounds: int, clock: Callable[[], float] = perf_counter, seed: int = 7
) -> dict[str, list[float]]:
    """Call each way once a round, in an order drawn anew, after one round that is not counted.

    Returns the milliseconds of each; `clock=time.process_time` for those of this process's CPU.
    """
    chance, names = random.Random(seed), list(ways)
    taken: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds + 1):
        chance.shuffle(names)
        for name in names:
            began = clock()
            ways[name]()
            if number:
                taken[name].append(1000 * (clock() - began))
    return taken


def p50(values: list[float]) -> float:
    return statistics.median(values)


def p95(values: list[float]) -> float:
    """Return the smallest value that 95 % of the values do not exceed."""
    return sorted(values)[-(-95 * len(values) // 100) - 1]
