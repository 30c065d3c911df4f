"""Prepare the content of a plan for a page: names of bodies, dates, measures under their axis, what is missing.

The same for the working page (from the working rows) and the public one (from a version).
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import get_language

from agencies.models import Directory
from plans.models import Commitment, Envelope, MeasureProgress, MeasureStatus, Plan
from plans.plan.rules import gate

DATES = ("start", "end", "baseline_on", "target_on", "vouched_on")
NUMBERS = ("baseline", "target", "cost")


@dataclass
class Row:
    """Hold a measure of a list: its content, its lead, its last status, and what it lacks."""

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
    """Hold a plan ready to show: axes with their rows, all rows, names of bodies, numbers by status."""

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
        """Return the rows without lead, date or metric."""
        return [row for row in self.rows if {"lead", "date", "metric"} & set(row.lacks)]

    @property
    def unfunded(self) -> list[Row]:
        """Return the rows without known money, whether stated openly or not."""
        return [row for row in self.rows if not row.funded]


def names(*contents: dict) -> dict[str, str]:
    """Return code -> whole name of the bodies named in these contents, in one query."""
    return {pk: body.in_full for pk, body in _bodies(contents).items()}


def _bodies(contents) -> dict[str, Directory]:
    codes = set()
    for content in contents:
        codes.add(content["plan"]["lead"])
        for measure in content["measures"]:
            codes |= {measure["lead"], *measure["partners"], measure.get("vouched_by")}
    return Directory.objects.in_bulk(codes - {None})


def names_of_changes(*contents: dict) -> dict[str, str]:
    """Return code -> letters of the bodies, and the envelopes visible to the reader under `envelope:` and their code.

    Letters stand in a sentence (« de DGCS à DPJJ »); a whole name would ask for its article.
    """
    codes = {code for content in contents for measure in content["measures"] for code in measure.get("envelopes", [])}
    english = get_language() == "en"
    rows = Envelope.objects.filter(code__in=codes).only("code", "label_fr", "label_en")
    letters = {pk: str(body) for pk, body in _bodies(contents).items()}
    return letters | {f"envelope:{row.code}": (english and row.label_en) or row.label_fr for row in rows}


def last_statuses(plan: Plan) -> dict[str, str]:
    """Return code of measure -> last status reported, for a plan."""
    reports = MeasureProgress.objects.filter(measure__plan=plan).order_by("measure_id", "-on", "-at", "-id")
    return dict(reports.distinct("measure_id").values_list("measure__code", "status"))


def words_of_lacks(plan: Plan) -> dict:
    """Return the words of what a measure lacks: to complete before a publication, missing, or only not recorded here.

    The gate asks of a plan that is open all it lacks, whether its list is declared complete or not.
    """
    return gate.LACKS if plan.is_recorded or plan.is_open else gate.UNRECORDED


def shown(plan: Plan, content: dict, body: str | None = None, funded: set[str] | None = None) -> Shown:
    """Return the content ready to show. `body`: the reader's, to mark its measures.

    `funded`: codes of the measures with money shown beside the content; None: those with an envelope in the content.
    """
    found, by_code, words = names(content), last_statuses(plan), words_of_lacks(plan)
    rows = []
    for measure in content["measures"]:
        lacks = [(name, words[name]) for name in gate.lacks(measure)]
        lead = found.get(measure["lead"], "")
        mine = body is not None and measure["lead"] == body
        paid = bool(measure.get("envelopes")) if funded is None else measure["code"] in funded
        rows.append(Row(readable(measure), lead, by_code.get(measure["code"], ""), Lacks(lacks), mine, paid))
    axes = [(axis, [row for row in rows if row.measure["axis"] == axis["code"]]) for axis in content["axes"]]
    known = {axis["code"] for axis in content["axes"]}
    if loose := [row for row in rows if row.measure["axis"] not in known]:
        axes.append(({}, loose))
    counts = Counter(row.status for row in rows)
    by_status = [(label, counts[code]) for code, label in MeasureStatus.choices if counts[code]]
    return Shown(readable(content["plan"]), axes, rows, found, by_status)


class Lacks(list):
    """Hold codes of what is missing, and their words; iteration yields the codes."""

    def __init__(self, pairs):
        super().__init__(code for code, _words in pairs)
        self.words = [words for _code, words in pairs]


def readable(entry: dict) -> dict:
    """Convert dates and amounts of a content for formatting, also inside the parts of a measure."""
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
    """Return each year with its measures and steps, in plan order, and the measures without a step."""
    found: dict[int, list[tuple[dict, dict]]] = {}
    for measure in content["measures"]:
        for step in measure.get("steps", []):
            found.setdefault(step["year"], []).append((measure, readable(step)))
    return sorted(found.items()), [measure for measure in content["measures"] if not measure.get("steps")]


def linked_commitments(measure: dict):
    return Commitment.objects.filter(pk__in=measure["commitments"]).select_related("body").order_by("order")
