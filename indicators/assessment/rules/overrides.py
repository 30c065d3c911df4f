"""Define what triggers a safety override: shown before any result, changing none.

The pack describes each trigger by a sentence (`trigger_detail_fr`); here are the functions that implement them.
Standard library only.
"""

from collections.abc import Callable
from dataclasses import dataclass

# named in the sentence of the override on commercial sex
CHILD_SEX_INDICATOR = "FR-SEX-06"
CHILD_SEX_FORM = "sexual_exploitation"


@dataclass(frozen=True, slots=True)
class Facts:
    """Hold the facts that overrides test; `strong`: indicators, `low`: rulesets."""

    child: bool
    form: str | None
    immediate_danger: bool
    seen: frozenset[str]
    strong: tuple[str, ...]
    low: tuple[str, ...]


def _child_commercial_sex(facts: Facts) -> tuple[str, ...]:
    if not facts.child:
        return ()
    return (CHILD_SEX_INDICATOR,) * (CHILD_SEX_INDICATOR in facts.seen) + (CHILD_SEX_FORM,) * (
        facts.form == CHILD_SEX_FORM
    )


# By the name of the trigger in the pack; the loader refuses a file with a name missing here. Each returns the codes
# that explanation puts in words, none when the trigger does not hold.
TRIGGERS: dict[str, Callable[[Facts], tuple[str, ...]]] = {
    "immediate_danger": lambda facts: ("danger",) * facts.immediate_danger,
    "minor_or_age_doubt": lambda facts: ("child",) * facts.child,
    "child_commercial_sex": _child_commercial_sex,
    "one_strong_indicator": lambda facts: facts.strong,
    "low_score": lambda facts: facts.low,
}
