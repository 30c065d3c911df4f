"""Assess a set of observations over a published catalogue: a pure function.

It helps to see and never decides: nothing here closes, hides or refuses anything. The rules come from the pack; the
triggers of the safety overrides, written there as sentences, are implemented in `overrides`. The result is codes and
figures; `explanation` puts them in words. Standard library only.
"""

from collections.abc import Iterable, Mapping

from .overrides import TRIGGERS, Facts
from .readings import Assessment, DimensionReading, Headline, Ignored, OverrideReading, RulesetReading
from .snapshot import (
    CaseRule,
    CatalogueSnapshot,
    Dimension,
    DimensionRule,
    Indicator,
    Ruleset,
    ShortGridSnapshot,
)

# a doubtful or unknown age is read as a minor (reading rule `age_side`)
AGE_GROUPS = {"adult": "adult", "minor": "child", "doubt": "child", "unknown": "child"}

Observations = Mapping[str, str] | Iterable[tuple[str, str]]


class UnknownObservation(ValueError):
    """Signal an undefined code or value (`code`): the whole assessment is refused."""

    def __init__(self, code: str, reason: str):
        self.code = code
        super().__init__(f"{code}: {reason}")


def assess(
    observations: Observations,
    *,
    age_side: str,
    form: str | None,
    immediate_danger: bool,
    short_grid: ShortGridSnapshot | None,
    catalogue: CatalogueSnapshot,
) -> Assessment:
    """Return the result of each ruleset for these observations (indicator code -> value), and the safety overrides.

    `age_side`: `adult`, `minor`, `doubt` or `unknown`; `form`: a code of the catalogue or None. Raises
    UnknownObservation for an unknown code, value, form or age side: a typing error must never silently lower a result.
    """
    noted = merged(observations, catalogue)
    if age_side not in AGE_GROUPS:
        raise UnknownObservation(age_side, "unknown age side")
    if form is not None and form not in catalogue.forms:
        raise UnknownObservation(form, "unknown form of exploitation")
    age_group = AGE_GROUPS[age_side]
    # in the order of the catalogue, so that the same facts always give the same words
    seen = [i for i in catalogue.indicators.values() if i.code in noted and catalogue.values[noted[i.code]].counts]
    # an age that changes leaves signs that the short grid of the other side asked: the grid was short all the same
    outside = tuple(code for code in noted if short_grid and code not in short_grid.asked_in_short)
    low_grid = short_grid if short_grid and not outside else None

    kept, ignored = _by_side(seen, age_group, catalogue)
    results = tuple(_read(ruleset, kept, ignored, age_group, low_grid, catalogue) for ruleset in catalogue.rulesets)
    facts = Facts(
        child=age_group == "child",
        form=form,
        immediate_danger=immediate_danger,
        seen=frozenset(indicator.code for indicator in seen),
        strong=tuple(indicator.code for indicator in kept if indicator.strength == "strong"),
        low=tuple(reading.ruleset for reading in results if reading.level == 0),
    )
    found = ((override.code, TRIGGERS[override.trigger](facts)) for override in catalogue.overrides)
    overrides = tuple(OverrideReading(code, evidence) for code, evidence in found if evidence)
    return Assessment(
        catalogue_version=catalogue.version,
        grid=short_grid.code if short_grid else None,
        grid_version=short_grid.version if short_grid else None,
        scope="short" if low_grid else "full",
        outside=outside,
        age_side=age_side,
        read_as=age_group,
        form=form,
        immediate_danger=immediate_danger,
        headline=_headline(overrides, results),
        overrides=overrides,
        results=results,
        supporting=tuple(item.code for item in ignored if item.reason == "unscored"),
    )


def merged(observations: Observations, catalogue: CatalogueSnapshot) -> dict[str, str]:
    """Return one value per indicator: one that counts wins over one that does not, then the order of the pack.

    Raises UnknownObservation.
    """
    pairs = observations.items() if isinstance(observations, Mapping) else observations
    best: dict[str, str] = {}
    for code, value in pairs:
        if code not in catalogue.indicators:
            raise UnknownObservation(code, "unknown indicator")
        if value not in catalogue.values:
            raise UnknownObservation(code, f"unknown value {value!r}")
        rank = _value_rank(value, catalogue)
        if code not in best or rank < _value_rank(best[code], catalogue):
            best[code] = value
    return best


def replayed(
    observations: Observations, *, age_side: str, pairs: Mapping[str, str], catalogue: CatalogueSnapshot
) -> dict[str, str]:
    """Return the observations to assess again for another age side.

    An indicator of the other side is replaced by its pair. One that already belongs to the new side stays, since its
    pair would not count there.
    """
    group = AGE_GROUPS[age_side]

    def now(code: str) -> str:
        fits = catalogue.indicators[code].age_group in ("any", group)
        return code if fits else pairs.get(code, code)

    return merged([(now(c), value) for c, value in merged(observations, catalogue).items()], catalogue)


def _value_rank(value: str, catalogue: CatalogueSnapshot) -> tuple[bool, int]:
    known = catalogue.values[value]
    return (not known.counts, known.order)


def _by_side(
    seen: Iterable[Indicator], age_group: str, catalogue: CatalogueSnapshot
) -> tuple[list[Indicator], list[Ignored]]:
    """Split indicators by age side and by whether their dimension scores. The form filters nothing."""
    kept: list[Indicator] = []
    ignored: list[Ignored] = []
    for indicator in seen:
        if indicator.age_group not in ("any", age_group):
            ignored.append(Ignored(indicator.code, "wrong_age_side"))
        elif not catalogue.dimensions[indicator.dimension].scored:
            ignored.append(Ignored(indicator.code, "unscored"))
        else:
            kept.append(indicator)
    return kept, ignored


def _read(
    ruleset: Ruleset,
    kept: Iterable[Indicator],
    ignored: Iterable[Ignored],
    age_group: str,
    low_grid: ShortGridSnapshot | None,
    catalogue: CatalogueSnapshot,
) -> RulesetReading:
    """Apply one ruleset: its own lists, one indicator per concept, the dimensions, then the rules of the case."""
    own = [indicator for indicator in kept if indicator.part in ruleset.parts]
    dropped = [Ignored(indicator.code, "other_part") for indicator in kept if indicator.part not in ruleset.parts]
    counted, repeated = _one_per_concept(own, catalogue)
    dimensions = tuple(_dimension(d, counted, catalogue) for d in catalogue.scored_dimensions)
    positive = {reading.code for reading in dimensions if reading.positive}
    rule = next(r for r in ruleset.rules if r.age_group == age_group and _holds(r, positive))
    low = low_grid.low_result if low_grid and rule.result in low_grid.low_result.replaces else None
    return RulesetReading(
        ruleset=ruleset.code,
        code=low.code if low else rule.result,
        level=catalogue.results[rule.result].level,
        rule=rule.code,
        dimensions=dimensions,
        ignored=(*ignored, *dropped, *repeated),
    )


def _one_per_concept(own: Iterable[Indicator], catalogue: CatalogueSnapshot) -> tuple[list[Indicator], list[Ignored]]:
    """Keep the strongest indicator of each concept in a dimension; one without concept always counts."""
    counted: list[Indicator] = []
    repeated: list[Ignored] = []
    first: dict[tuple[str, str], str] = {}
    for indicator in sorted(own, key=lambda i: (catalogue.strengths[i.strength].order, i.order)):
        fact = (indicator.dimension, indicator.concept) if indicator.concept else None
        if fact and fact in first:
            repeated.append(Ignored(indicator.code, "same_concept", first[fact]))
            continue
        if fact:
            first[fact] = indicator.code
        counted.append(indicator)
    return counted, repeated


def _dimension(dimension: Dimension, counted: Iterable[Indicator], catalogue: CatalogueSnapshot) -> DimensionReading:
    here = [indicator for indicator in counted if indicator.dimension == dimension.code]
    strong, medium, weak = (sum(i.strength == s for i in here) for s in ("strong", "medium", "weak"))
    met = next((r for r in catalogue.dimension_rules if _reaches(r, strong, medium, weak)), None)
    return DimensionReading(
        code=dimension.code,
        strong=strong,
        medium=medium,
        weak=weak,
        rule=met.code if met else None,
        indicators=tuple(indicator.code for indicator in here),
    )


def _reaches(rule: DimensionRule, strong: int, medium: int, weak: int) -> bool:
    return (
        strong >= rule.min_strong
        and medium >= rule.min_medium
        and weak >= rule.min_weak
        and medium + weak >= rule.min_medium_or_weak
    )


def _holds(rule: CaseRule, positive: set[str]) -> bool:
    """Return whether the rule holds. An empty list sets no condition."""
    return positive.issuperset(rule.all_positive) and (
        not rule.any_positive or not positive.isdisjoint(rule.any_positive)
    )


def _headline(overrides: tuple[OverrideReading, ...], results: tuple[RulesetReading, ...]) -> Headline:
    if overrides:
        return Headline("override", overrides[0].code)
    return Headline("result", max(results, key=lambda reading: reading.level).code)
