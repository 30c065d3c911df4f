"""Present a case in words: signs, story, assessment."""

from collections.abc import Mapping

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from foundation.words.typography import with_no_break_spaces
from indicators.catalogue import selectors as catalogue_selectors
from indicators.codes.selectors import labels

from .words import DETECTIONS, PLACES, when_in_words


def file_facts(data: dict) -> list[tuple[str, str]]:
    """Return the (question, answer) pairs of a file: {"observations": […], "texts": […]}."""
    texts = data.get("texts") or []
    words = ticked_words(data.get("assessment"), texts)
    return signs(data.get("observations") or [], words) + [fact for text in texts for fact in story(text)]


def ticked_words(assessed: dict | None, texts: list[dict]) -> Mapping:
    """Return indicator -> the words it was ticked in, those of the assessment: signs and reading say the same.

    `texts`: accounts of the facts, of which the first says how and where the person was met.
    """
    book, met = catalogue_selectors.grids(), texts[0] if texts else {}
    if (grid := book.grids.get((assessed or {}).get("grid"))) is None:
        return book.worded
    seen = book.seen_from(grid, met.get("detection") or "", met.get("place") or "")
    return {**book.worded, **{item.indicator: item for item in seen.items}}


def signs(observations: list[dict], words: Mapping | None = None) -> list[tuple[str, str]]:
    """Return (sign, value) in words for each observation.

    `words`: indicator -> the entry whose words were ticked, by default those of a short grid that asks it. A code
    absent from the current catalogue is shown as it is.
    """
    if not observations:
        return []
    known, words = catalogue_selectors.current(), words or catalogue_selectors.grids().worded
    return [
        (
            _wording(words.get(o["indicator"]) or known.indicators.get(o["indicator"]), o["indicator"]),
            _wording(known.values.get(o["value"]), o["value"]),
        )
        for o in observations
    ]


def _wording(entry, code: str) -> str:
    english = (get_language() or "fr").startswith("en")
    return (getattr(entry, "label_en" if english else "label_fr", "") or getattr(entry, "label_fr", "")) or code


def story(text: dict) -> list[tuple[str, str]]:
    """Return the (question, answer) pairs of one account of the facts, without empty answers."""
    known = labels(PLACES, DETECTIONS)
    facts = [
        (pgettext_lazy("alert", "When"), when_in_words(text)),
        (_("Place where the person was seen, works or is"), known[PLACES].get(text.get("place"), "")),
        (_("How it was noticed"), known[DETECTIONS].get(text.get("detection"), "")),
        (_("Where the person is"), text.get("where") or ""),
        (_("Note"), text.get("note") or ""),
    ]
    return [(str(question), answer) for question, answer in facts if answer]


def reading(result: dict | None) -> dict | None:
    """Return a stored assessment in the reader's language, or None."""
    if not result:
        return None
    tongue = "en" if (get_language() or "fr").startswith("en") else "fr"
    shown = str if tongue == "en" else with_no_break_spaces  # stored as written in the pack, with plain spaces
    best = max(result["results"], key=lambda r: r["level"])
    return {
        "headline": shown(result["headline"][f"label_{tongue}"]),
        "urgent": result["headline"]["kind"] == "override",
        "overrides": [
            {"label": shown(o[f"label_{tongue}"]), "why": shown(o["words"][tongue]), "trigger": o["trigger"]}
            for o in result["overrides"]
        ],
        "best": shown(best[f"label_{tongue}"]),
        "best_ruleset": shown(best[f"ruleset_label_{tongue}"]),
        "results": [
            {
                "ruleset": shown(r[f"ruleset_label_{tongue}"]),
                "label": shown(r[f"label_{tongue}"]),
                "reasons": [shown(reason[tongue]) for reason in r["reasons"]],
            }
            for r in result["results"]
        ],
        "disclaimer": shown(result[f"disclaimer_{tongue}"]),
        "short": result["scope"] == "short",
        "version": result["catalogue_version"],
    }
