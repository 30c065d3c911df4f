"""Compare released opinions on a plan: where evaluators agree, where they differ, who gave none."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from agencies.models import Directory
from plans.models import Evaluation, Mandate, MeasureOpinion, MeasureStatus, Plan, PlanVersion

S = MeasureStatus
# progress of each status; the gap between two opinions is counted in these steps
STEPS = {S.ABANDONED: 0, S.NOT_DONE: 0, S.PLANNED: 1, S.STARTED: 2, S.PARTIAL: 3, S.DONE: 4}
AGREEMENT, GAP, WIDE_GAP, ONE, NONE = "agreement", "gap", "wide_gap", "one", "none"
VERDICTS = {
    WIDE_GAP: _("Wide gap"),
    GAP: _("Slight gap"),
    AGREEMENT: _("Agreement"),
    ONE: _("One opinion only"),
    NONE: _("No opinion"),
}
BADGES = {WIDE_GAP: "error", GAP: "warning", AGREEMENT: "success", ONE: "info", NONE: ""}
POINTS = ngettext_lazy("%(n)d point apart", "%(n)d points apart", "n")
# bodies expected to give an opinion on each plan, besides the coordination
EXPECTED = ("cncdh", "collectif")
SORTS = {
    "number": lambda row: row.place,
    "gap": lambda row: (-row.gap, list(VERDICTS).index(row.verdict), row.place),
    "opinions": lambda row: (-len(row.opinions), row.place),
}


@dataclass
class Row:
    """Hold one measure. `opinions`: by code of evaluator; `cells`: in evaluator order, None where one is missing."""

    measure: dict
    place: int
    opinions: dict[str, MeasureOpinion] = field(default_factory=dict)
    cells: list = field(default_factory=list)
    missing: list = field(default_factory=list)

    @property
    def statuses(self) -> list[str]:
        return [opinion.status for opinion in self.opinions.values() if opinion.status]

    @property
    def gap(self) -> int:
        """Return the widest distance between two opinions, in steps; 0 with fewer than two."""
        steps = [STEPS[status] for status in self.statuses]
        return max(steps) - min(steps) if len(steps) > 1 else 0

    @property
    def verdict(self) -> str:
        """Return a code of VERDICTS."""
        statuses = self.statuses
        if len(statuses) < 2:
            return ONE if statuses else NONE
        if len(set(statuses)) == 1:
            return AGREEMENT
        return WIDE_GAP if self.gap > 1 else GAP

    @property
    def words(self) -> str:
        return VERDICTS[self.verdict]

    @property
    def badge(self) -> str:
        return BADGES[self.verdict]

    @property
    def points(self) -> str:
        """Return how far the scores are apart, in words; empty with fewer than two."""
        scores = [opinion.score for opinion in self.opinions.values() if opinion.score is not None]
        apart = max(scores) - min(scores) if len(scores) > 1 else 0
        return POINTS % {"n": apart} if apart else ""


@dataclass
class Crossing:
    """Hold the comparison of a plan: evaluators, released evaluations, one row per measure."""

    plan: Plan
    evaluators: list[Directory]
    evaluations: list[Evaluation]
    rows: list[Row]
    announced: int | None

    @property
    def totals(self) -> list[dict]:
        found = Counter(row.verdict for row in self.rows)
        return [
            {"code": code, "label": label, "badge": BADGES[code], "count": found[code]}
            for code, label in VERDICTS.items()
        ]

    @property
    def by_evaluator(self) -> list[dict]:
        """Return the number of measures by status of each evaluator, for the chart and its table."""
        out = []
        for evaluator in self.evaluators:
            by_status = Counter(
                row.opinions[evaluator.pk].status
                for row in self.rows
                if evaluator.pk in row.opinions and row.opinions[evaluator.pk].status
            )
            counts = [{"status": status, "label": status.label, "count": by_status[status]} for status in MeasureStatus]
            out.append({"evaluator": evaluator, "counts": counts, "missing": len(self.rows) - by_status.total()})
        return out

    @property
    def silent(self) -> bool:
        """Return whether no evaluator gave an opinion on a measure, only on the whole plan."""
        return not any(row.opinions for row in self.rows)

    @property
    def unknown(self) -> int:
        """Return how many announced measures are not listed here."""
        return max((self.announced or 0) - len(self.rows), 0)

    def sorted(self, by: str = "", verdict: str = "") -> list[Row]:
        """Return the rows with this verdict (default: all), sorted by a code of SORTS."""
        kept = [row for row in self.rows if not verdict or row.verdict == verdict]
        return sorted(kept, key=SORTS.get(by) or SORTS["number"])


def compare_plan(plan: Plan) -> Crossing:
    """Return the comparison of a plan, from released evaluations only, for any reader."""
    return compare_plans([plan])[0]


def compare_plans(plans: list[Plan]) -> list[Crossing]:
    """Return the comparison of each plan, in a fixed number of queries."""
    versions = PlanVersion.objects.filter(plan__in=plans).order_by("plan_id", "-number").distinct("plan_id")
    contents = dict(versions.values_list("plan_id", "content"))
    evaluations: dict[int, list[Evaluation]] = {plan.pk: [] for plan in plans}
    found = Evaluation.objects.public().filter(plan__in=plans).select_related("evaluator", "plan")
    for evaluation in found.prefetch_related("notes__agency", "replies__body").order_by("-on", "-released_at", "code"):
        evaluations[evaluation.plan_id].append(evaluation)
    opinions = _latest(evaluation for each in evaluations.values() for evaluation in each)
    columns = _evaluators(plans, evaluations)
    return [
        Crossing(
            plan,
            columns[plan.pk],
            evaluations[plan.pk],
            _rows(contents.get(plan.pk, {"measures": []}), columns[plan.pk], opinions),
            plan.measures_announced,
        )
        for plan in plans
    ]


def _rows(content: dict, evaluators: list[Directory], opinions: dict[str, dict[str, MeasureOpinion]]) -> list[Row]:
    rows = []
    for place, measure in enumerate(content["measures"]):
        given = {body: found[measure["code"]] for body, found in opinions.items() if measure["code"] in found}
        row = Row(measure, place, given)
        row.cells = [(body, given.get(body.pk)) for body in evaluators]
        row.missing = [body for body in evaluators if body.pk not in given or not given[body.pk].status]
        rows.append(row)
    return rows


def on_measure(plan: Plan, code: str) -> list[MeasureOpinion]:
    """Return the last released opinion of each evaluator on one measure."""
    return [opinion for opinion in last_opinions([code]).get(code, []) if opinion.evaluation.plan_id == plan.pk]


def last_opinions(codes: list[str]) -> dict[str, list[MeasureOpinion]]:
    """Return code of measure -> last opinion of each evaluator. Two queries."""
    covering = Evaluation.objects.public().filter(opinions__measure__in=codes).select_related("evaluator").distinct()
    found: dict[str, list[MeasureOpinion]] = {}
    for by_measure in _latest(covering).values():
        for code in by_measure.keys() & set(codes):
            found.setdefault(code, []).append(by_measure[code])
    return found


def _latest(evaluations: Iterable[Evaluation]) -> dict[str, dict[str, MeasureOpinion]]:
    """Return evaluator -> measure -> opinion of the last evaluation that covers it; undated ones come first."""
    by_id = {evaluation.pk: evaluation for evaluation in evaluations}
    found: dict[str, dict[str, MeasureOpinion]] = {}

    def age(opinion: MeasureOpinion):
        evaluation = by_id[opinion.evaluation_id]
        released = evaluation.released_at
        return (str(evaluation.on or ""), released.isoformat() if released else "")

    for opinion in sorted(MeasureOpinion.objects.filter(evaluation__in=by_id), key=age):
        opinion.evaluation = by_id[opinion.evaluation_id]
        found.setdefault(opinion.evaluation.evaluator_id, {})[opinion.measure] = opinion
    return found


def _evaluators(plans: list[Plan], evaluations: dict[int, list[Evaluation]]) -> dict[int, list[Directory]]:
    """Return the evaluators of each plan: those who evaluated, and the coordination, CNCDH and the collective."""
    live = Mandate.objects.live().values_list("body", flat=True).first()
    wanted = {}
    for plan in plans:
        evaluated = {evaluation.evaluator_id for evaluation in evaluations[plan.pk]}
        # a lead that evaluated the plan is the coordination of its time
        coordination = plan.lead_id if plan.lead_id in evaluated or live is None else live
        wanted[plan.pk] = list(dict.fromkeys([coordination, *EXPECTED, *sorted(evaluated)]))
    known = Directory.objects.in_bulk({code for codes in wanted.values() for code in codes})
    for body in known.values():  # columns are narrow: drop the explanation in parentheses
        body.short = body.acronym or body.name.partition(" (")[0]
    return {plan: [known[code] for code in codes if code in known] for plan, codes in wanted.items()}
