"""Decide whether amounts may be added, else tell why not. Pure: no database, no clock.

A total is given only where nothing can be counted twice or mixed: one unit, one stage, one nature, one year, envelopes
each tied to its own measure of one plan, none known to overlap, and no figure gathered from public sources. Otherwise
there is no total, and `why` lists the reasons.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Amount:
    """Describe a line for adding. `amount` None: cannot be isolated. `gathered`: read in a public source."""

    envelope: str
    unit: str
    stage: str
    year: int
    amount: Decimal | None
    nature: str = ""
    period: str = ""
    measure: str | None = None
    plan: str | None = None
    estimated: bool = False
    gathered: bool = False
    overlaps: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Total:
    """Hold a sum. `amount` is None whenever `why` is not empty; `left_out`: lines that cannot be isolated."""

    amount: Decimal | None
    why: tuple[str, ...] = ()
    lines: int = 0
    estimated: int = 0
    left_out: int = 0

    @property
    def words(self) -> list[str]:
        return [WORDS[code] for code in self.why]


WORDS = {
    "nothing": pgettext_lazy("money", "There is no figure."),
    "units": pgettext_lazy("money", "Several units: euros, places and people at work do not add up."),
    "stages": pgettext_lazy("money", "Several stages: what is planned, voted, committed and paid is the same money."),
    "stage_unknown": pgettext_lazy("money", "The source does not say whether it was planned, voted or paid."),
    "natures": pgettext_lazy(
        "money",
        "Commitment authorisations (AE) and payment appropriations (CP): the same money, counted at two moments.",
    ),
    "years": pgettext_lazy("money", "Several years: a total over years would not be a yearly budget."),
    "periods": pgettext_lazy("money", "Some figures cover more or less than the year."),
    "gathered": pgettext_lazy("money", "Read in public sources, which do not say what each figure includes."),
    "disputed": pgettext_lazy("money", "Two figures for the same thing: it is not known which one holds."),
    "no_measure": pgettext_lazy("money", "Some are not tied to a measure: they may be part of another figure."),
    "same_measure": pgettext_lazy("money", "Several for one measure: nothing says that they are apart."),
    "plans": pgettext_lazy("money", "Measures of several plans: the same action may stand in two of them."),
    "overlap": pgettext_lazy("money", "Some are known to overlap: the same money would be counted twice."),
    "not_isolable": pgettext_lazy("money", "None of them can be isolated in the budget."),
}


def total(amounts: Iterable[Amount]) -> Total:
    """Return the sum of these lines, or the reasons why there is none."""
    lines = list(amounts)
    why = tuple(code for code, found in _obstacles(lines) if found)
    known = [line.amount for line in lines if line.amount is not None]
    if not why and not known:
        why = ("not_isolable",)
    return Total(
        amount=None if why else sum(known, Decimal(0)),
        why=why,
        lines=len(lines),
        estimated=sum(line.estimated for line in lines),
        left_out=len(lines) - len(known),
    )


def _obstacles(lines: list[Amount]) -> list[tuple[str, bool]]:
    envelopes = {line.envelope for line in lines}
    tied = [measure for _, measure in {(line.envelope, line.measure) for line in lines} if measure]
    places = {(line.envelope, line.unit, line.stage, line.nature, line.year, line.period) for line in lines}
    return [
        ("nothing", not lines),
        ("units", _several(line.unit for line in lines)),
        ("stages", _several(line.stage for line in lines)),
        ("stage_unknown", any(line.stage == "unknown" for line in lines)),
        ("natures", _several(line.nature for line in lines)),
        ("years", _several(line.year for line in lines)),
        ("periods", any(line.period for line in lines)),
        ("gathered", any(line.gathered for line in lines)),
        ("disputed", len(places) < len(lines)),
        ("no_measure", any(line.measure is None for line in lines)),
        ("same_measure", len(set(tied)) < len(tied)),
        ("plans", _several(line.plan for line in lines if line.measure)),
        ("overlap", any(line.overlaps & (envelopes - {line.envelope}) for line in lines)),
    ]


def _several(values: Iterable) -> bool:
    return len(set(values)) > 1


def by_sort(amounts: Iterable[Amount]) -> dict[tuple, Total]:
    """Return a total for each (year, unit, stage, nature), newest year first."""
    groups: dict[tuple, list[Amount]] = {}
    for line in amounts:
        groups.setdefault((line.year, line.unit, line.stage, line.nature), []).append(line)
    return {key: total(groups[key]) for key in sorted(groups, key=lambda key: (-key[0], *key[1:]))}
