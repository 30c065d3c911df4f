"""Check what each measure lacks before a publication (the gate). Pure: from the content of a plan to a report.

`costed`: the envelopes with a public figure (plans/money/selectors/figures.py). The database checks the same on a
version that publishes or amends (nrm.gate_open).
"""

from dataclasses import asdict, dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LACKS = {
    "measures": _("The plan has no measure"),
    "lead": pgettext_lazy("gate", "no leading body"),
    "date": pgettext_lazy("gate", "no date of end"),
    "metric": pgettext_lazy("gate", "no metric with a target"),
    "envelope": pgettext_lazy("gate", "no envelope, and not said to be unfunded"),
    "figure": pgettext_lazy("gate", "no checked figure on its envelope, nor said that none can be isolated, and why"),
}
# the same of a plan whose list is not complete: what may be in its text
UNRECORDED = {
    "lead": pgettext_lazy("not recorded", "its lead"),
    "date": pgettext_lazy("not recorded", "its date"),
    "metric": pgettext_lazy("not recorded", "its metric"),
    "envelope": pgettext_lazy("not recorded", "its means"),
    "figure": pgettext_lazy("not recorded", "a checked figure"),
}


@dataclass(frozen=True)
class Line:
    """Hold a measure (empty: the plan itself) and what it lacks, as codes of LACKS."""

    measure: str
    title_fr: str
    lacks: tuple[str, ...]

    def plain(self) -> dict:
        return {**asdict(self), "lacks": list(self.lacks)}


def report(content: dict, costed: set[str]) -> list[Line]:
    """Return the measures that lack something; empty: the gate is open."""
    if not content["measures"]:
        return [Line("", "", ("measures",))]
    found = [Line(m["code"], m["title_fr"], lacks(m, costed)) for m in content["measures"]]
    return [line for line in found if line.lacks]


def in_words(content: dict, lines: list[dict]) -> list[tuple[dict, dict, list[str]]]:
    """Return each line with its measure in this content (for its title) and what it lacks, in words."""
    measures = {m["code"]: m for m in content["measures"]}
    return [
        (line, measures.get(line["measure"], line), [LACKS.get(name, name) for name in line["lacks"]]) for line in lines
    ]


def lacks(measure: dict, costed: set[str] | None = None) -> tuple[str, ...]:
    """Return what a measure lacks among lead, date, metric and a costed envelope, or a reason for « not funded ».

    Without `costed`, figures are not checked: the page shows them itself.
    """
    openly = measure["not_funded"] and measure["not_funded_reason"]
    envelopes = measure.get("envelopes")
    missing = {
        "lead": not measure["lead"],
        "date": not measure["end"],
        "metric": all(metric["target"] is None for metric in measure["metrics"]),
        "envelope": not envelopes and not openly,
        "figure": bool(envelopes) and not openly and costed is not None and not costed & set(envelopes),
    }
    return tuple(name for name, absent in missing.items() if absent)
