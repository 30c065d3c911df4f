"""Define what an assessment is made of: codes and figures; `explanation` adds words. Standard library only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ignored:
    """Describe an indicator that was observed and did not count, with the reason."""

    code: str
    reason: str  # wrong_age_side | unscored | other_part | same_concept
    counted: str = ""  # same_concept: the indicator that counts in its place


@dataclass(frozen=True, slots=True)
class DimensionReading:
    """Describe the result of one dimension: counts by strength, and the rule met if it is positive."""

    code: str
    strong: int
    medium: int
    weak: int
    rule: str | None
    indicators: tuple[str, ...]

    @property
    def positive(self) -> bool:
        return self.rule is not None


@dataclass(frozen=True, slots=True)
class RulesetReading:
    """Describe the result of one ruleset, by its `code`: a short grid renames it without changing its level."""

    ruleset: str
    code: str
    level: int
    rule: str
    dimensions: tuple[DimensionReading, ...]
    ignored: tuple[Ignored, ...]

    @property
    def positive(self) -> tuple[str, ...]:
        return tuple(dimension.code for dimension in self.dimensions if dimension.positive)


@dataclass(frozen=True, slots=True)
class OverrideReading:
    """Describe a safety override that applies, with the codes that triggered it."""

    code: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Headline:
    """Describe what a page shows first: an override if one applies, else the highest result."""

    kind: str  # override | result
    code: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """Describe a whole assessment, with the versions of the catalogue and of the grid it was made with."""

    catalogue_version: str
    grid: str | None
    grid_version: str | None
    scope: str  # short | full
    outside: tuple[str, ...]  # indicators noted that no short grid asks
    age_side: str
    read_as: str
    form: str | None
    immediate_danger: bool
    headline: Headline
    overrides: tuple[OverrideReading, ...]
    results: tuple[RulesetReading, ...]
    supporting: tuple[str, ...]
