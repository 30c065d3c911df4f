"""The gate of a publication: what each measure still lacks. Pure: from a plan's content to its report.

`costed`: the envelopes that have a figure the public reads (plans/money/selectors/figures.py). The database asks the
same of a version that publishes or amends (nrm.gate_open).
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


@dataclass(frozen=True)
class Line:
    """A measure (empty: the plan itself) and what it lacks, as codes of LACKS."""

    measure: str
    title_fr: str
    lacks: tuple[str, ...]

    def plain(self) -> dict:
        return {**asdict(self), "lacks": list(self.lacks)}


def report(content: dict, costed: set[str]) -> list[Line]:
    """Empty: the gate is open."""
    if not content["measures"]:
        return [Line("", "", ("measures",))]
    found = [Line(m["code"], m["title_fr"], lacks(m, costed)) for m in content["measures"]]
    return [line for line in found if line.lacks]


def in_words(content: dict, lines: list[dict]) -> list[tuple[dict, dict, list[str]]]:
    """Each line, its measure as that content says it (so that it is named in the reader's language), what it lacks."""
    measures = {m["code"]: m for m in content["measures"]}
    return [
        (line, measures.get(line["measure"], line), [LACKS.get(name, name) for name in line["lacks"]]) for line in lines
    ]


def lacks(measure: dict, costed: set[str] | None = None) -> tuple[str, ...]:
    """What a measure lacks of: lead, date, metric, and costed envelope or an open « not funded » with its reason.

    Without `costed`, the figures are not asked about: a page that shows them beside says itself what is there.
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
