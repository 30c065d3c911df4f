"""Hold immutable snapshots of a published catalogue and of the short grids.

Standard library only: assess() and its tests read them without a database. A snapshot built from a file of the pack
equals the one built from the stored rows of the same version.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from types import MappingProxyType
from typing import Any

from .situations import Situation, situations_from_pack

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """Describe one list of the catalogue: the list of ILO and EC (2009), or the French additions."""

    code: str
    label_fr: str
    label_en: str
    kind: str
    strength_note_fr: str
    strength_note_en: str


@dataclass(frozen=True, slots=True)
class Profile:
    """Describe whom an indicator is about: an age group and, for the ILO lists, a form."""

    code: str
    label_fr: str
    label_en: str
    age_group: str


@dataclass(frozen=True, slots=True)
class Dimension:
    code: str
    order: int
    label_fr: str
    label_en: str
    phase: str
    palermo_element: str
    scored: bool


@dataclass(frozen=True, slots=True)
class Strength:
    code: str
    order: int
    label_fr: str
    label_en: str


@dataclass(frozen=True, slots=True)
class ObservationValue:
    code: str
    order: int
    label_fr: str
    label_en: str
    counts: bool


@dataclass(frozen=True, slots=True)
class Indicator:
    code: str
    order: int
    part: str
    profile: str
    age_group: str
    form: str
    dimension: str
    concept: str | None
    label_fr: str
    label_en: str
    strength: str
    strength_status: str
    known_by: str
    guidance_fr: str
    guidance_en: str
    source: str


@dataclass(frozen=True, slots=True)
class DimensionRule:
    code: str
    order: int
    label_fr: str
    label_en: str
    min_strong: int
    min_medium: int
    min_weak: int
    min_medium_or_weak: int


@dataclass(frozen=True, slots=True)
class CaseRule:
    code: str
    order: int
    age_group: str
    label_fr: str
    label_en: str
    all_positive: tuple[str, ...]
    any_positive: tuple[str, ...]
    result: str
    status: str
    note_fr: str
    note_en: str


@dataclass(frozen=True, slots=True)
class Ruleset:
    code: str
    label_fr: str
    label_en: str
    parts: tuple[str, ...]
    status: str
    rules: tuple[CaseRule, ...]


@dataclass(frozen=True, slots=True)
class CaseResult:
    code: str
    label_fr: str
    label_en: str
    level: int


@dataclass(frozen=True, slots=True)
class SafetyOverride:
    code: str
    order: int
    trigger: str
    trigger_detail_fr: str
    label_fr: str
    label_en: str
    status: str


@dataclass(frozen=True, slots=True)
class CatalogueSnapshot:
    """Hold one whole published version of the shared catalogue."""

    version: str
    date: str
    validated_by: str | None
    disclaimer_fr: str
    disclaimer_en: str
    parts: Mapping[str, Part]
    profiles: Mapping[str, Profile]
    dimensions: Mapping[str, Dimension]
    strengths: Mapping[str, Strength]
    values: Mapping[str, ObservationValue]
    dimension_rules: tuple[DimensionRule, ...]
    rulesets: tuple[Ruleset, ...]
    results: Mapping[str, CaseResult]
    overrides: tuple[SafetyOverride, ...]
    indicators: Mapping[str, Indicator]
    reading_rules: tuple[Entry, ...]
    sources: tuple[Entry, ...]
    forms: frozenset[str]

    @property
    def ways_known(self) -> tuple[str, ...]:
        """Return the values that say how a sign is known: those that count."""
        return tuple(value.code for value in self.values.values() if value.counts)

    def known_by(self, code: str) -> str:
        """Return how the wording of a sign says that it is known: what a mere tick says. Raises KeyError."""
        return self.indicators[code].known_by

    @property
    def scored_dimensions(self) -> tuple[Dimension, ...]:
        return tuple(dimension for dimension in self.dimensions.values() if dimension.scored)


@dataclass(frozen=True, slots=True)
class LowResult:
    """Name an insufficient result of a short grid; `replaces`: the codes of the results it renames."""

    code: str
    label_fr: str
    label_en: str
    replaces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GridItem:
    order: int
    indicator: str
    question_fr: str
    question_en: str
    known_by: str
    why_fr: str
    paired_indicator: str | None

    @property
    def label_fr(self) -> str:
        """Return the words of the sign, the same wherever it is ticked, checked or read."""
        return self.question_fr

    @property
    def label_en(self) -> str:
        return self.question_en


@dataclass(frozen=True, slots=True)
class ShortGridSnapshot:
    code: str
    version: str
    form: str
    age_side: str
    label_fr: str
    label_en: str
    validated_by: str | None
    low_result: LowResult
    items: tuple[GridItem, ...]
    asked_in_short: frozenset[
        str
    ]  # signs that a short grid of this version asks, on either side of age, and their pairs
    situation: Situation | None = None  # in whose words its signs are, when not in those of everybody

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(item.indicator for item in self.items)


@dataclass(frozen=True, slots=True)
class Answer:
    """Describe an answer to a question of a grid, and the observation it makes."""

    code: str
    order: int
    label_fr: str
    label_en: str
    observation_value: str


@dataclass(frozen=True)
class GridBook:
    """Hold all short grids of one published version, with the fallbacks between them."""

    version: str
    validated_by: str | None
    grids: Mapping[str, ShortGridSnapshot]
    fallbacks: Mapping[tuple[str, str], str]
    answers: tuple[Answer, ...]
    situations: tuple[Situation, ...] = ()

    def choose(self, form: str | None, age_side: str) -> ShortGridSnapshot:
        """Return the grid of this form and age side, else the fallback of the pack.

        `form` None means unknown; an unknown age is read as a doubt. Raises KeyError when there is none.
        """
        wanted = (form or "unknown", "doubt" if age_side == "unknown" else age_side)
        for grid in self.grids.values():
            if (grid.form, grid.age_side) == wanted:
                return grid
        return self.grids[self.fallbacks[wanted]]

    def seen_from(self, grid: ShortGridSnapshot, context: str, place: str) -> ShortGridSnapshot:
        """Return a grid of this book in the words of where its reader stands, as it is when none is described.

        `context` and `place`: codes of `detection_contexts` and `place_kinds`, empty when not known.
        """
        found = next((one for one in self.situations if one.holds(context, place)), None)
        return found.apply(grid, self._of_side(grid.age_side)) if found else grid

    def _of_side(self, age_side: str) -> Mapping[str, GridItem]:
        grids = [grid for grid in self.grids.values() if grid.age_side == age_side]
        return {item.indicator: item for grid in reversed(grids) for item in grid.items}

    @cached_property
    def worded(self) -> Mapping[str, GridItem]:
        """Return indicator -> its words in the first short grid that asks it, for those that one asks."""
        return {item.indicator: item for grid in reversed(tuple(self.grids.values())) for item in grid.items}

    @property
    def pairs(self) -> Mapping[str, str]:
        """Return indicator -> its pair of the other age side, for those that have one."""
        return {
            item.indicator: item.paired_indicator
            for grid in self.grids.values()
            for item in grid.items
            if item.paired_indicator
        }


def catalogue_from_pack(pack: Entry, forms: Iterable[str]) -> CatalogueSnapshot:
    """Build the snapshot from data in the shape of the pack (a checked file, or stored rows)."""
    meta, profiles = pack["meta"], _by_code(Profile, pack["profiles"])
    dimensions = sorted(pack["dimensions"], key=_order)
    return CatalogueSnapshot(
        version=meta["version"],
        date=meta["date"],
        validated_by=meta["validated_by"],
        disclaimer_fr=meta["disclaimer_fr"],
        disclaimer_en=meta["disclaimer_en"],
        parts=_by_code(Part, pack["catalogues"]),
        profiles=profiles,
        dimensions=_by_code(Dimension, dimensions),
        strengths=_by_code(Strength, sorted(pack["strengths"], key=_order)),
        values=_by_code(ObservationValue, _numbered(pack["observation_values"])),
        dimension_rules=tuple(_make(DimensionRule, e) for e in sorted(pack["dimension_rules"], key=_order)),
        rulesets=tuple(_ruleset(entry, pack["case_rules"]) for entry in pack["rulesets"]),
        results=_by_code(CaseResult, pack["case_results"]),
        overrides=tuple(_make(SafetyOverride, e) for e in sorted(pack["safety_overrides"], key=_order)),
        indicators=_by_code(
            Indicator,
            (
                {**entry, "part": entry["catalogue"], "age_group": profiles[entry["profile"]].age_group}
                for entry in _numbered(pack["indicators"])
            ),
        ),
        reading_rules=tuple(MappingProxyType(dict(entry)) for entry in pack["reading_rules"]),
        sources=tuple(MappingProxyType(dict(entry)) for entry in pack["sources"]),
        forms=frozenset(forms),
    )


def grid_book_from_pack(pack: Entry) -> GridBook:
    """Build the short grids from data in the shape of the pack."""
    every = [item for grid in pack["grids"] for item in grid["items"]]
    asked = frozenset(code for item in every for code in (item["indicator"], item["paired_indicator"]) if code)
    low = _make(LowResult, {**pack["low_result"], "replaces": tuple(pack["low_result"]["replaces"])})
    grids = {
        grid["code"]: _make(
            ShortGridSnapshot,
            {
                **grid,
                "low_result": low,
                "items": tuple(_make(GridItem, i) for i in _numbered(grid["items"])),
                "asked_in_short": asked,
            },
        )
        for grid in pack["grids"]
    }
    return GridBook(
        version=pack["meta"]["version"],
        validated_by=pack["meta"]["validated_by"],
        grids=MappingProxyType(grids),
        fallbacks=MappingProxyType({(e["form"], e["age_side"]): e["grid"] for e in pack["fallbacks"]}),
        situations=situations_from_pack(pack.get("situations") or ()),  # versions published before have none
        answers=tuple(_make(Answer, e) for e in sorted(pack["answers"], key=_order)),
    )


def _ruleset(entry: Entry, case_rules: Iterable[Entry]) -> Ruleset:
    own = sorted((rule for rule in case_rules if rule["ruleset"] == entry["code"]), key=_order)
    rules = tuple(
        _make(
            CaseRule,
            {
                **rule,
                "all_positive": tuple(rule["all_positive"]),
                "any_positive": tuple(rule["any_positive"]),
            },
        )
        for rule in own
    )
    return _make(Ruleset, {**entry, "parts": tuple(entry["catalogues"]), "rules": rules})


def _make[T](kind: type[T], entry: Entry) -> T:
    """Build a dataclass from the keys it knows; a missing translation or note is an empty text."""
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    values = {name: entry.get(name) for name in names}
    for name in names:
        if values[name] is None and name.endswith(("_fr", "_en")):
            values[name] = ""
    return kind(**values)


def _by_code[T](kind: type[T], entries: Iterable[Entry]) -> Mapping[str, T]:
    return MappingProxyType({entry["code"]: _make(kind, entry) for entry in entries})


def _numbered(entries: Iterable[Entry]) -> list[Entry]:
    """Number entries by their place in the file; an `order` already there is kept."""
    return [{"order": place, **entry} for place, entry in enumerate(entries, start=1)]


def _order(entry: Entry) -> int:
    return int(entry["order"])
