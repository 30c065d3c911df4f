"""Score whether two identities are alike enough to ask a person; reasons are codes.

The points are set by hand and measured (docs/figures/duplicates.md); they are not probabilities. Their only effect is a
question to the coordination.
"""

from dataclasses import dataclass

from rapidfuzz.distance import JaroWinkler, Levenshtein

from .births import births, weight_of
from .spelling import skeletons
from .tokens import names

ENOUGH, CERTAIN = 6.0, 9.5
ALIKE = 0.8  # below it two words are different


@dataclass(frozen=True)
class Likeness:
    """Hold points and reasons. `reasons` are codes shown in words to the coordination; they never hold a value."""

    points: float
    reasons: list[str]

    @property
    def strength(self) -> str:
        return "strong" if self.points >= CERTAIN else "likely"


def compare(one: dict, two: dict) -> Likeness | None:
    """Return how alike two identities are, or None below ENOUGH points."""
    said, reason = max((_names(a, b) for a in names(one) for b in names(two)), default=(0.0, ""))
    if not said:
        return None
    birth, why = max((weight_of(a, b) for a in births(one) for b in births(two)), default=(0.0, ""))
    nation, where = _nations(one, two)
    points = said + birth + nation + _sex(one, two)
    if points < ENOUGH:
        return None
    return Likeness(points, [code for code in (reason, why, where) if code])


def _names(one: tuple[str, ...], two: tuple[str, ...]) -> tuple[float, str]:
    """Return the points and reason of two names. Words are paired best first, in any order."""
    pairs = sorted(((word_likeness(a, b), a, b) for a in one for b in two), reverse=True)
    taken_one, taken_two, met = set(), set(), []
    for likeness, a, b in pairs:
        if likeness >= ALIKE and a not in taken_one and b not in taken_two:
            taken_one.add(a)
            taken_two.add(b)
            met.append(likeness)
    whole = _in_one_piece(one, two)
    shorter = min(len(one), len(two))
    if shorter < 2 or len(met) < 2:
        if whole and shorter >= 1 and max(len(one), len(two)) >= 2:
            return 6.0, "names_close"
        return (2.0, "one_name") if met and met[0] >= 0.88 else (0.0, "")
    mean = sum(met) / len(met)
    missed = shorter - len(met)
    if mean >= 0.92 and not missed:
        return (7.0 if len(met) > 2 else 6.0), ("names_same" if mean > 0.99 else "names_close")
    return (4.0 if missed else 4.5), "names_close"


def word_likeness(one: str, two: str) -> float:
    """Return the likeness of two sounded words, 0 to 1: their spelling, raised when their sounds agree."""
    if one == two:
        return 1.0
    written = JaroWinkler.similarity(one.lower(), two.lower())
    if Levenshtein.distance(one, two) == 1 and min(len(one), len(two)) >= 4:
        written = max(written, 0.92)
    common = set(skeletons(one)) & set(skeletons(two))
    heard = max((len(key) for key in common if not key.startswith("-")), default=0)
    if heard >= 3:
        return max(written, 0.86 + 0.1 * written)
    if heard == 2 and written >= 0.7:
        return max(written, 0.8 + 0.12 * written)
    return written if min(len(one), len(two)) > 2 else 0.0


def _in_one_piece(one: tuple[str, ...], two: tuple[str, ...]) -> bool:
    """Return whether two names have the same letters divided differently: « Jean Pierre » and « Jeanpierre »."""
    if len(one) == len(two):
        return False
    a, b = "".join(one), "".join(two)
    return min(len(a), len(b)) >= 7 and Levenshtein.normalized_similarity(a, b) >= 0.9


def _nations(one: dict, two: dict) -> tuple[float, str]:
    a, b = set(one.get("nationalities") or []), set(two.get("nationalities") or [])
    if not a or not b:
        return 0.0, ""
    return (1.5, "nation_same") if a & b else (-2.5, "")


def _sex(one: dict, two: dict) -> float:
    a, b = one.get("sex"), two.get("sex")
    return -2.0 if a and b and "other" not in (a, b) and a != b else 0.0
