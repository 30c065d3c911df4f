"""Say a short grid as seen from the reader's situation: at a reception desk, in a class, in an inspection.

Which signs are asked, and in which words, follows from the situation; what they count for does not: codes, strengths
and rules are those of the catalogue.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Wording:
    """Hold the words of some signs, in the grids of these forms; in all of them when none is named."""

    indicators: frozenset[str]
    forms: frozenset[str]
    question_fr: str
    question_en: str
    known_by: str

    def fits(self, indicator: str, form: str) -> bool:
        return indicator in self.indicators and (not self.forms or form in self.forms)


@dataclass(frozen=True, slots=True)
class Situation:
    """Describe where a reader stands: the contexts of detection and the kinds of place that say so (any, when empty).

    `leave_out`: signs that cannot be known there; `add`: signs asked too, by (indicator, forms of the grids).
    """

    code: str
    label_fr: str
    label_en: str
    contexts: frozenset[str]
    places: frozenset[str]
    leave_out: frozenset[str]
    add: tuple[tuple[str, frozenset[str]], ...]
    wordings: tuple[Wording, ...]

    def holds(self, context: str, place: str) -> bool:
        return context in self.contexts and (not self.places or place in self.places)

    def apply(self, grid: Any, of_side: Mapping[str, Any]) -> Any:
        """Return a grid (snapshot.py, which imports this) as asked here.

        `of_side`: the signs that a grid of the same age side asks, by indicator.

        A sign of the other age side would never count: none is added that no grid of this one asks.
        """
        kept = [item for item in grid.items if item.indicator not in self.leave_out]
        added = [
            of_side[code]
            for code, forms in self.add
            if code in of_side and code not in grid.codes and grid.form in forms
        ]
        return replace(grid, items=tuple(self._worded(item, grid.form) for item in (*kept, *added)), situation=self)

    def _worded(self, item: Any, form: str) -> Any:
        for said in self.wordings:
            if said.fits(item.indicator, form):
                return replace(item, question_fr=said.question_fr, question_en=said.question_en, known_by=said.known_by)
        return item


def situations_from_pack(entries: Iterable[Mapping[str, Any]]) -> tuple[Situation, ...]:
    """Build situations from data in the shape of the pack, in its order."""
    return tuple(
        Situation(
            code=entry["code"],
            label_fr=entry["label_fr"],
            label_en=entry["label_en"],
            contexts=frozenset(entry["contexts"]),
            places=frozenset(entry["places"]),
            leave_out=frozenset(entry["leave_out"]),
            add=tuple((line["indicator"], frozenset(line["forms"])) for line in entry["add"]),
            wordings=tuple(
                Wording(
                    indicators=frozenset(said["indicators"]),
                    forms=frozenset(said["forms"]),
                    question_fr=said["question_fr"],
                    question_en=said["question_en"],
                    known_by=said["known_by"],
                )
                for said in entry["wordings"]
            ),
        )
        for entry in entries
    )
