"""Released opinions on a plan side by side: where evaluators agree, where they differ, who has said nothing."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from agencies.models import Directory
from plans.models import Evaluation, Mandate, MeasureOpinion, MeasureStatus, Plan, PlanVersion

S = MeasureStatus
# how far a measure has come: the distance between two opinions is counted in these steps
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
# each is expected to give its opinion on a plan, beside the body that coordinates
EXPECTED = ("cncdh", "collectif")
SORTS = {
    "number": lambda row: row.place,
    "gap": lambda row: (-row.gap, list(VERDICTS).index(row.verdict), row.place),
    "opinions": lambda row: (-len(row.opinions), row.place),
}


@dataclass
class Row:
    """One measure. `opinions`: by code of evaluator; `cells`: in the evaluators' order, None where one is missing."""

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
        """The widest distance between two opinions, in steps; 0 when fewer than two."""
        steps = [STEPS[status] for status in self.statuses]
        return max(steps) - min(steps) if len(steps) > 1 else 0

    @property
    def verdict(self) -> str:
        said = self.statuses
        if len(said) < 2:
            return ONE if said else NONE
        if len(set(said)) == 1:
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
        """How far the scores are apart, in words; empty when fewer than two were given."""
        scores = [opinion.score for opinion in self.opinions.values() if opinion.score is not None]
        apart = max(scores) - min(scores) if len(scores) > 1 else 0
        return POINTS % {"n": apart} if apart else ""


@dataclass
class Crossing:
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
        """What each says of how many measures: the figures of the chart and of its table."""
        out = []
        for evaluator in self.evaluators:
            said = Counter(
                row.opinions[evaluator.pk].status
                for row in self.rows
                if evaluator.pk in row.opinions and row.opinions[evaluator.pk].status
            )
            counts = [{"status": status, "label": status.label, "count": said[status]} for status in MeasureStatus]
            out.append({"evaluator": evaluator, "counts": counts, "missing": len(self.rows) - said.total()})
        return out

    @property
    def silent(self) -> bool:
        """Nobody said anything measure by measure: what was said is of the whole plan."""
        return not any(row.opinions for row in self.rows)

    @property
    def unknown(self) -> int:
        """Measures announced by the plan that are not listed here."""
        return max((self.announced or 0) - len(self.rows), 0)

    def sorted(self, by: str = "", verdict: str = "") -> list[Row]:
        kept = [row for row in self.rows if not verdict or row.verdict == verdict]
        return sorted(kept, key=SORTS.get(by) or SORTS["number"])


def cross(plan: Plan) -> Crossing:
    """Of released evaluations alone, whoever asks: an evaluator's own draft is not crossed before its release."""
    return crossings([plan])[0]


def crossings(plans: list[Plan]) -> list[Crossing]:
    """Of each plan, in the same number of queries for one as for all."""
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
        said = {body: found[measure["code"]] for body, found in opinions.items() if measure["code"] in found}
        row = Row(measure, place, said)
        row.cells = [(body, said.get(body.pk)) for body in evaluators]
        row.missing = [body for body in evaluators if body.pk not in said or not said[body.pk].status]
        rows.append(row)
    return rows


def on_measure(plan: Plan, code: str) -> list[MeasureOpinion]:
    """What each evaluator said last of one measure, released alone: as the crossing has it."""
    return [opinion for opinion in last_opinions([code]).get(code, []) if opinion.evaluation.plan_id == plan.pk]


def last_opinions(codes: list[str]) -> dict[str, list[MeasureOpinion]]:
    """By measure, what each evaluator said last of it. Two queries."""
    spoke = Evaluation.objects.public().filter(opinions__measure__in=codes).select_related("evaluator").distinct()
    found: dict[str, list[MeasureOpinion]] = {}
    for said in _latest(spoke).values():
        for code in said.keys() & set(codes):
            found.setdefault(code, []).append(said[code])
    return found


def _latest(evaluations: Iterable[Evaluation]) -> dict[str, dict[str, MeasureOpinion]]:
    """By evaluator and measure, the opinion of its last evaluation that speaks of it; an undated one comes first."""
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
    """Who spoke, and who is expected to: the coordination, CNCDH, the collective. One column each."""
    live = Mandate.objects.live().values_list("body", flat=True).first()
    wanted = {}
    for plan in plans:
        spoke = {evaluation.evaluator_id for evaluation in evaluations[plan.pk]}
        # a body that coordinated when the plan ran spoke for the coordination of its time
        coordination = plan.lead_id if plan.lead_id in spoke or live is None else live
        wanted[plan.pk] = list(dict.fromkeys([coordination, *EXPECTED, *sorted(spoke)]))
    known = Directory.objects.in_bulk({code for codes in wanted.values() for code in codes})
    for body in known.values():  # a column is narrow: without what a name explains of itself
        body.short = body.acronym or body.name.partition(" (")[0]
    return {plan: [known[code] for code in codes if code in known] for plan, codes in wanted.items()}
