"""Read how often the same thing was asked: first by whom, how many times, how long ago."""

from dataclasses import dataclass, field
from datetime import date

from plans.models import Commitment


def certainly_before(one: str, other: str) -> bool:
    """Return whether one date precedes another, as far as both are known.

    « 2022 » is neither before nor after « 2022-02-18 ».
    """
    known = min(len(one), len(other))
    return bool(known) and one[:known] < other[:known]


def years_since(dated: str, today: date) -> int | None:
    """Return the whole years certainly passed since a date known to the year, month or day; None without a date."""
    if not dated:
        return None
    year, month, day = (int(part) for part in (dated + "-12-31"[len(dated) - 4 :]).split("-"))
    return max(0, today.year - year - ((today.month, today.day) < (month, day)))


@dataclass
class Chain:
    """Hold the repetitions of a commitment.

    `before`: what it repeats, oldest first; `every`: all that ask the same, itself included, by date (one known to the
    year only is neither before nor after another of that year).
    """

    commitment: Commitment
    before: list[Commitment] = field(default_factory=list)
    every: list[Commitment] = field(default_factory=list)

    @property
    def first(self) -> Commitment:
        return self.before[0] if self.before else self.commitment

    @property
    def times(self) -> int:
        return len(self.every)

    @property
    def repeated(self) -> bool:
        return len(self.every) > 1

    def years(self, today: date) -> int | None:
        """Return the years since it was first asked."""
        return years_since(self.first.from_text.dated, today)


def chains(commitments) -> dict[str, Chain]:
    """Return code -> chain of each, links of links included. Two queries."""
    every = {c.pk: c for c in Commitment.objects.public().select_related("from_text", "body")}
    up: dict[str, set[str]] = {}
    both: dict[str, set[str]] = {}
    for newer, older in Commitment.repeats.through.objects.values_list("from_commitment_id", "to_commitment_id"):
        up.setdefault(newer, set()).add(older)
        both.setdefault(newer, set()).add(older)
        both.setdefault(older, set()).add(newer)
    return {
        c.pk: Chain(c, _sorted(_reach(c.pk, up), every), _sorted({c.pk, *_reach(c.pk, both)}, every | {c.pk: c}))
        for c in commitments
    }


def _reach(code: str, links: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    left = list(links.get(code, ()))
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left.extend(links.get(one, ()))
    return found - {code}


def _sorted(codes: set[str], every: dict[str, Commitment]) -> list[Commitment]:
    return sorted((every[c] for c in codes if c in every), key=lambda c: (c.from_text.dated, c.order))
