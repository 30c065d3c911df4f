"""Assess a set of observations over a published catalogue, with the reasons: a pure function.

It helps to see and never decides: nothing here closes, hides or refuses anything. The rules come from the pack; the
triggers of the safety overrides, written there as sentences, are implemented in `overrides`. Standard library only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from . import sentences
from .overrides import Facts, overrides_that_apply
from .readings import Assessment, DimensionReading, Headline, Ignored, OverrideReading, RulesetReading
from .sentences import Text
from .snapshot import (
    CaseResult,
    CaseRule,
    CatalogueSnapshot,
    Dimension,
    DimensionRule,
    Indicator,
    Ruleset,
    ShortGridSnapshot,
    UnknownObservation,
)

# a doubtful or unknown age is read as a minor (reading rule `age_side`)
AGE_GROUPS = {"adult": "adult", "minor": "child", "doubt": "child", "unknown": "child"}

Observations = Mapping[str, str] | Iterable[tuple[str, str]]


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
    outside = [code for code in noted if short_grid and code not in short_grid.codes]
    low_grid = short_grid if short_grid and not outside else None

    kept, ignored = _by_side(seen, age_side, catalogue)
    results = tuple(_read(ruleset, kept, ignored, age_group, low_grid, catalogue) for ruleset in catalogue.rulesets)
    if short_grid and outside:
        remark = sentences.beyond_short_grid([catalogue.indicators[code] for code in outside])
        results = tuple(_with_reason(result, remark) for result in results)
    facts = Facts(
        age_side=age_side,
        age_group=age_group,
        form=form,
        immediate_danger=immediate_danger,
        seen=frozenset(indicator.code for indicator in seen),
        strong=tuple(indicator for indicator in kept if indicator.strength == "strong"),
        low=tuple(rs for rs, reading in zip(catalogue.rulesets, results, strict=True) if reading.level == 0),
    )
    overrides = overrides_that_apply(facts, catalogue)
    return Assessment(
        catalogue_version=catalogue.version,
        grid=short_grid.code if short_grid else None,
        grid_version=short_grid.version if short_grid else None,
        scope="short" if low_grid else "full",
        age_side=age_side,
        read_as=age_group,
        form=form,
        immediate_danger=immediate_danger,
        headline=_headline(overrides, results),
        overrides=overrides,
        results=results,
        supporting=tuple(item.code for item in ignored if item.reason == "unscored"),
        disclaimer_fr=catalogue.disclaimer_fr,
        disclaimer_en=catalogue.disclaimer_en,
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
    seen: Iterable[Indicator], age_side: str, catalogue: CatalogueSnapshot
) -> tuple[list[Indicator], list[Ignored]]:
    """Split indicators by age side and by whether their dimension scores. The form filters nothing."""
    group = AGE_GROUPS[age_side]
    kept: list[Indicator] = []
    ignored: list[Ignored] = []
    for indicator in seen:
        if indicator.age_group not in ("any", group):
            ignored.append(Ignored(indicator.code, "wrong_age_side", sentences.wrong_side(indicator, age_side, group)))
        elif not catalogue.dimensions[indicator.dimension].scored:
            ignored.append(Ignored(indicator.code, "unscored", sentences.unscored(indicator)))
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
    own, dropped = _by_part(kept, ruleset, catalogue)
    counted, repeated = _one_per_concept(own, catalogue)
    dimensions = tuple(_dimension(d, counted, catalogue) for d in catalogue.scored_dimensions)
    positive = tuple(reading.code for reading in dimensions if reading.positive)
    rule = next(r for r in ruleset.rules if r.age_group == age_group and _holds(r, set(positive)))
    plain = catalogue.results[rule.result]
    left_out = (*ignored, *dropped, *repeated)
    reasons = [reading.words for reading in dimensions if reading.indicators]
    reasons += [sentences.rule_met(rule), *(item.words for item in left_out)]
    shown = plain
    if low_grid and plain.code in low_grid.low_result.replaces:
        low = low_grid.low_result
        shown = CaseResult(low.code, low.label_fr, low.label_en, plain.level)
        reasons.append(sentences.short_grid_low(Text(plain.label_fr, plain.label_en)))
    return RulesetReading(
        ruleset=ruleset.code,
        ruleset_label_fr=ruleset.label_fr,
        ruleset_label_en=ruleset.label_en,
        code=shown.code,
        label_fr=shown.label_fr,
        label_en=shown.label_en,
        level=shown.level,
        rule=rule.code,
        positive=positive,
        dimensions=dimensions,
        ignored=left_out,
        reasons=tuple(reasons),
    )


def _by_part(
    kept: Iterable[Indicator], ruleset: Ruleset, catalogue: CatalogueSnapshot
) -> tuple[list[Indicator], list[Ignored]]:
    own: list[Indicator] = []
    dropped: list[Ignored] = []
    for indicator in kept:
        if indicator.part in ruleset.parts:
            own.append(indicator)
        else:
            why = sentences.other_part(indicator, catalogue.parts[indicator.part], ruleset)
            dropped.append(Ignored(indicator.code, "other_part", why))
    return own, dropped


def _one_per_concept(own: Iterable[Indicator], catalogue: CatalogueSnapshot) -> tuple[list[Indicator], list[Ignored]]:
    """Keep the strongest indicator of each concept in a dimension; one without concept always counts."""
    counted: list[Indicator] = []
    repeated: list[Ignored] = []
    first: dict[tuple[str, str], Indicator] = {}
    for indicator in sorted(own, key=lambda i: (catalogue.strengths[i.strength].order, i.order)):
        fact = (indicator.dimension, indicator.concept) if indicator.concept else None
        if fact and fact in first:
            repeated.append(Ignored(indicator.code, "same_concept", sentences.same_concept(indicator, first[fact])))
            continue
        if fact:
            first[fact] = indicator
        counted.append(indicator)
    return counted, repeated


def _dimension(dimension: Dimension, counted: Iterable[Indicator], catalogue: CatalogueSnapshot) -> DimensionReading:
    here = [indicator for indicator in counted if indicator.dimension == dimension.code]
    strong, medium, weak = (sum(i.strength == s for i in here) for s in ("strong", "medium", "weak"))
    met = next((r for r in catalogue.dimension_rules if _reaches(r, strong, medium, weak)), None)
    label, found = Text(dimension.label_fr, dimension.label_en), sentences.counts(strong, medium, weak)
    return DimensionReading(
        code=dimension.code,
        label_fr=dimension.label_fr,
        label_en=dimension.label_en,
        strong=strong,
        medium=medium,
        weak=weak,
        positive=met is not None,
        rule=met.code if met else None,
        indicators=tuple(indicator.code for indicator in here),
        words=sentences.dimension_positive(label, met, found) if met else sentences.dimension_negative(label, found),
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


def _with_reason(reading: RulesetReading, reason: Text) -> RulesetReading:
    return replace(reading, reasons=(*reading.reasons, reason))


def _headline(overrides: tuple[OverrideReading, ...], results: tuple[RulesetReading, ...]) -> Headline:
    if overrides:
        first = overrides[0]
        return Headline("override", first.code, first.label_fr, first.label_en)
    best = max(results, key=lambda reading: reading.level)
    return Headline("result", best.code, best.label_fr, best.label_en)
