"""Define what an assessment is made of: results, overrides and their reasons. Standard library only."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .sentences import Text


@dataclass(frozen=True, slots=True)
class Ignored:
    """Describe an indicator that was observed and did not count, with the reason."""

    code: str
    reason: str  # wrong_age_side | unscored | other_part | same_concept
    words: Text


@dataclass(frozen=True, slots=True)
class DimensionReading:
    """Describe the result of one dimension: counts by strength, and the rule met if it is positive."""

    code: str
    label_fr: str
    label_en: str
    strong: int
    medium: int
    weak: int
    positive: bool
    rule: str | None
    indicators: tuple[str, ...]
    words: Text


@dataclass(frozen=True, slots=True)
class RulesetReading:
    """Describe the result of one ruleset.

    `code` and `label_*` name the result: a short grid renames it without changing its level.
    """

    ruleset: str
    ruleset_label_fr: str
    ruleset_label_en: str
    code: str
    label_fr: str
    label_en: str
    level: int
    rule: str
    positive: tuple[str, ...]
    dimensions: tuple[DimensionReading, ...]
    ignored: tuple[Ignored, ...]
    reasons: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class OverrideReading:
    """Describe a safety override that applies: `label_*` says what to do, `words` why it is shown."""

    code: str
    order: int
    trigger: str
    label_fr: str
    label_en: str
    words: Text


@dataclass(frozen=True, slots=True)
class Headline:
    """Describe what a page shows first: an override if one applies, else the highest result."""

    kind: str  # override | result
    code: str
    label_fr: str
    label_en: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """Describe a whole assessment, with the versions of the catalogue and of the grid it was made with."""

    catalogue_version: str
    grid: str | None
    grid_version: str | None
    scope: str  # short | full
    age_side: str
    read_as: str
    form: str | None
    immediate_danger: bool
    headline: Headline
    overrides: tuple[OverrideReading, ...]
    results: tuple[RulesetReading, ...]
    supporting: tuple[str, ...]
    disclaimer_fr: str
    disclaimer_en: str

    def as_dict(self) -> dict[str, Any]:
        """Return plain dicts, lists and scalars, as stored and as shown by the API."""
        return _plain(asdict(self))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
