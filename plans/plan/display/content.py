"""A plan's content made ready for a page: bodies by name, dates as dates, measures under their axis, what is missing.

The same for the working page (of the working rows) and for the public one (of a version).
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import get_language

from agencies.models import Directory
from plans.models import Commitment, Envelope, MeasureProgress, MeasureStatus, Plan
from plans.plan.rules import gate

DATES = ("start", "end", "baseline_on", "target_on")
NUMBERS = ("baseline", "target", "cost")


@dataclass
class Row:
    """A measure on a list: its content, the name of its lead, its last status, and what it lacks."""

    measure: dict
    lead: str
    status: str
    lacks: list
    mine: bool = False
    funded: bool = False

    @property
    def status_label(self):
        return MeasureStatus(self.status).label if self.status else ""


@dataclass
class Shown:
    plan: dict
    axes: list[tuple[dict, list[Row]]]
    rows: list[Row]
    names: dict[str, str]
    statuses: list[tuple[str, int]] = field(default_factory=list)

    @property
    def known(self) -> int:
        return len(self.rows)

    @property
    def missing(self) -> int:
        return max(0, (self.plan["measures_announced"] or 0) - self.known)

    @property
    def incomplete(self) -> list[Row]:
        """Without lead, date or metric."""
        return [row for row in self.rows if {"lead", "date", "metric"} & set(row.lacks)]

    @property
    def unfunded(self) -> list[Row]:
        """Without any means known: openly, or without a word."""
        return [row for row in self.rows if not row.funded]


def names(*contents: dict) -> dict[str, str]:
    """Names of the bodies these contents speak of, in one query."""
    codes = set()
    for content in contents:
        codes.add(content["plan"]["lead"])
        for measure in content["measures"]:
            codes |= {measure["lead"], *measure["partners"]}
    return {pk: str(body) for pk, body in Directory.objects.in_bulk(codes - {None}).items()}


def names_of_changes(*contents: dict) -> dict[str, str]:
    """Those, and the envelopes that this reader sees, under `envelope:` and their code."""
    codes = {code for content in contents for measure in content["measures"] for code in measure.get("envelopes", [])}
    english = get_language() == "en"
    rows = Envelope.objects.filter(code__in=codes).only("code", "label_fr", "label_en")
    return names(*contents) | {f"envelope:{row.code}": (english and row.label_en) or row.label_fr for row in rows}


def last_words(plan: Plan) -> dict[str, str]:
    """The last status said of each measure of a plan, by its code."""
    said = MeasureProgress.objects.filter(measure__plan=plan).order_by("measure_id", "-on", "-at", "-id")
    return dict(said.distinct("measure_id").values_list("measure__code", "status"))


def shown(plan: Plan, content: dict, body: str | None = None, funded: set[str] | None = None) -> Shown:
    """`funded`: the measures whose money stands beside the content; without it, those it names an envelope for."""
    found, said = names(content), last_words(plan)
    rows = []
    for measure in content["measures"]:
        lacks = [(name, gate.LACKS[name]) for name in gate.lacks(measure)]
        lead = found.get(measure["lead"], "")
        mine = body is not None and measure["lead"] == body
        paid = bool(measure.get("envelopes")) if funded is None else measure["code"] in funded
        rows.append(Row(readable(measure), lead, said.get(measure["code"], ""), Lacks(lacks), mine, paid))
    axes = [(axis, [row for row in rows if row.measure["axis"] == axis["code"]]) for axis in content["axes"]]
    known = {axis["code"] for axis in content["axes"]}
    if loose := [row for row in rows if row.measure["axis"] not in known]:
        axes.append(({}, loose))
    counts = Counter(row.status for row in rows)
    statuses = [(label, counts[code]) for code, label in MeasureStatus.choices if counts[code]]
    return Shown(readable(content["plan"]), axes, rows, found, statuses)


class Lacks(list):
    """Codes, and the words for them: iterating gives codes."""

    def __init__(self, pairs):
        super().__init__(code for code, _words in pairs)
        self.words = [words for _code, words in pairs]


def readable(entry: dict) -> dict:
    """Dates and amounts of a content as pages format them, in the parts of a measure too."""
    made = dict(entry)
    for name in DATES:
        if made.get(name):
            made[name] = date.fromisoformat(made[name])
    for name in NUMBERS:
        if made.get(name):
            made[name] = Decimal(made[name]).normalize()
    for name in ("metrics", "steps"):
        if name in made:
            made[name] = [readable(child) for child in made[name]]
    return made


def steps_by_year(content: dict) -> tuple[list[tuple[int, list[tuple[dict, dict]]]], list[dict]]:
    """Each year with its measures and their steps, in the order of the plan; and the measures that have no step."""
    found: dict[int, list[tuple[dict, dict]]] = {}
    for measure in content["measures"]:
        for step in measure.get("steps", []):
            found.setdefault(step["year"], []).append((measure, readable(step)))
    return sorted(found.items()), [measure for measure in content["measures"] if not measure.get("steps")]


def linked_commitments(measure: dict):
    return Commitment.objects.filter(pk__in=measure["commitments"]).select_related("body").order_by("order")
