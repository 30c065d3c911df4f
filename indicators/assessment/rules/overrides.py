"""Apply safety overrides: shown before any result, changing none.

The pack describes each trigger by a sentence (`trigger_detail_fr`); here are the functions that implement them.
Standard library only.
"""

from collections.abc import Callable
from dataclasses import dataclass

from . import sentences
from .readings import OverrideReading
from .sentences import Text
from .snapshot import CatalogueSnapshot, Indicator, Ruleset

# named in the sentence of the override on commercial sex
CHILD_SEX_INDICATOR = "FR-SEX-06"
CHILD_SEX_FORM = "sexual_exploitation"


@dataclass(frozen=True, slots=True)
class Facts:
    """Hold the facts that overrides test."""

    age_side: str
    age_group: str
    form: str | None
    immediate_danger: bool
    seen: frozenset[str]
    strong: tuple[Indicator, ...]
    low: tuple[Ruleset, ...]

    @property
    def child(self) -> bool:
        return self.age_group == "child"


def _danger(facts: Facts) -> Text | None:
    return sentences.danger() if facts.immediate_danger else None


def _minor_or_age_doubt(facts: Facts) -> Text | None:
    return sentences.child(facts.age_side) if facts.child else None


def _child_commercial_sex(facts: Facts) -> Text | None:
    seen, form = CHILD_SEX_INDICATOR in facts.seen, facts.form == CHILD_SEX_FORM
    if not facts.child or not (seen or form):
        return None
    return sentences.child_commercial_sex(facts.age_side, seen, form)


def _one_strong(facts: Facts) -> Text | None:
    return sentences.one_strong(facts.strong) if facts.strong else None


def _low_score(facts: Facts) -> Text | None:
    return sentences.low_score(facts.low) if facts.low else None


# by the name of the trigger in the pack; the loader refuses a file with a name missing here
TRIGGERS: dict[str, Callable[[Facts], Text | None]] = {
    "immediate_danger": _danger,
    "minor_or_age_doubt": _minor_or_age_doubt,
    "child_commercial_sex": _child_commercial_sex,
    "one_strong_indicator": _one_strong,
    "low_score": _low_score,
}


def overrides_that_apply(facts: Facts, catalogue: CatalogueSnapshot) -> tuple[OverrideReading, ...]:
    """Return the overrides whose trigger holds, in the order of the catalogue."""
    found = []
    for override in catalogue.overrides:
        why = TRIGGERS[override.trigger](facts)
        if why:
            found.append(
                OverrideReading(
                    code=override.code,
                    order=override.order,
                    trigger=override.trigger,
                    label_fr=override.label_fr,
                    label_en=override.label_en or override.label_fr,
                    words=why,
                )
            )
    return tuple(found)
