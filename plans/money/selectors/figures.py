"""Read figures: current lines of a reader, sums, series over years, what is missing."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal

from plans.models import BudgetLine, Envelope, Measure, Plan, Provenance, PublicFigure
from plans.models.bodies import builds_policy
from plans.money.rules.sums import Amount
from plans.plan.selectors.published import measures_as_published


def standing(actor):
    """Return the current lines visible to the actor, with what a page shows of them."""
    return (
        BudgetLine.objects.live(actor)
        .select_related("envelope__measure", "envelope__plan", "envelope__funder", "body")
        .order_by("-year", "envelope__label_fr", "envelope__code", "stage", "nature", "id")
    )


def costed() -> set[str]:
    """Return the codes of envelopes with a public figure (`EnvelopeQuerySet.costed`)."""
    return Envelope.objects.costed()


def amounts_of(lines) -> list[Amount]:
    """Return lines as `Amount`, for plans/money/rules/sums.py."""
    return [_amount(line) for line in lines.select_related("envelope__measure").prefetch_related("envelope__overlaps")]


def _amount(line: BudgetLine) -> Amount:
    envelope = line.envelope
    return Amount(
        envelope=envelope.code,
        unit=envelope.unit,
        stage=line.stage,
        year=line.year,
        amount=line.amount,
        nature=line.nature,
        period=line.period_fr,
        measure=envelope.measure.code if envelope.measure else None,
        plan=str(envelope.measure.plan_id) if envelope.measure else None,
        estimated=line.exactness == BudgetLine.Exactness.ESTIMATED,
        gathered=line.provenance != Provenance.ENTERED or envelope.provenance != Provenance.ENTERED,
        overlaps=frozenset(other.code for other in envelope.overlaps.all()),
    )


def place(line: BudgetLine) -> tuple:
    """Return the place of a line; two lines in one place are two answers to one question."""
    return (line.envelope_id, line.year, line.period_fr, line.stage, line.nature)


def disputed_places(lines) -> set[tuple]:
    """Return the places where sources give different amounts."""
    amounts_at: dict[tuple, set] = defaultdict(set)
    for line in lines:
        amounts_at[place(line)].add(line.amount)
    return {where for where, amounts in amounts_at.items() if len(amounts) > 1}


def mark_disputed(lines: list[BudgetLine], places: set[tuple] | None = None) -> list[BudgetLine]:
    """Set `disputed` on each line, by the places given or else found among these lines; return the lines."""
    places = disputed_places(lines) if places is None else places
    for line in lines:
        line.disputed = place(line) in places
    return lines


@dataclass
class Series:
    """Hold one object over the years.

    `years` maps each year to its lines, never to one number where sources differ.
    """

    code: str
    envelope: Envelope
    stage: str
    nature: str
    lines: list[BudgetLine] = field(default_factory=list)

    @property
    def years(self) -> dict[int, list[BudgetLine]]:
        found: dict[int, list[BudgetLine]] = defaultdict(list)
        for line in self.lines:
            found[line.year].append(line)
        return dict(sorted(found.items()))

    @property
    def stage_words(self) -> str:
        return self.lines[0].get_stage_display()

    @property
    def changes(self) -> list["Step"]:
        """Return each year with its change in per cent since the previous year, when both have one amount."""
        years = self.years
        steps, before = [], None
        for year, lines in years.items():
            one = lines[0].amount if len(lines) == 1 else None
            steps.append(Step(year, lines, _change(before, one)))
            before = one
        return steps


@dataclass(frozen=True)
class Step:
    """Hold a year of a series: its lines, and the change since the year before."""

    year: int
    lines: list[BudgetLine]
    change: Decimal | None  # per cent


def _change(before: Decimal | None, now: Decimal | None) -> Decimal | None:
    if not before or now is None:
        return None
    return ((now - before) * 100 / before).quantize(Decimal("0.1"))


def series(lines) -> list[Series]:
    """Return the series with two years or more, of one envelope or of those with the same `series`, by stage."""
    found: dict[tuple, Series] = {}
    for line in sorted(lines, key=lambda line: (line.year, line.pk)):
        envelope = line.envelope
        if line.period_fr or line.amount is None:
            continue
        key = (envelope.series or envelope.code, envelope.unit, line.stage, line.nature)
        found.setdefault(key, Series(key[0], envelope, line.stage, line.nature)).lines.append(line)
        found[key].envelope = envelope  # the name used in its last year
    return [one for one in found.values() if len(one.years) > 1]


@dataclass(frozen=True)
class Missing:
    """Hold measures by what they lack. `unsaid`: no envelope and no statement that there is no money.

    `unrecorded`: the number of measures without money here in plans whose list is not complete (`Plan.is_recorded`).
    """

    not_funded: list[Measure]
    unsaid: list[Measure]
    empty: list[Measure]  # an envelope without a figure visible to this reader
    unrecorded: int = 0


def missing(actor, plan: Plan | None = None) -> Missing:
    """Return the measures without money, as the actor sees money, of one plan or of those that are not closed."""
    measures = Measure.objects.visible_to(actor).select_related("plan", "axis", "lead")
    measures = measures.filter(plan=plan) if plan else measures.exclude(plan__state=Plan.State.CLOSED)
    measures = measures.order_by("plan__kind", "plan__number", "axis__number", "place", "code")
    lines = set(BudgetLine.objects.live(actor).values_list("envelope__measure", flat=True))
    envelopes = set(Envelope.objects.visible_to(actor).values_list("measure", flat=True))
    found, unrecorded = Missing([], [], []), 0
    for measure in measures if builds_policy(actor) else measures_as_published(measures):
        if measure.pk in lines:
            continue
        if measure.not_funded:
            found.not_funded.append(measure)
        elif measure.pk in envelopes:
            found.empty.append(measure)
        elif measure.plan.is_recorded:
            found.unsaid.append(measure)
        else:
            unrecorded += 1
    return replace(found, unrecorded=unrecorded)


# series of money -> series of persons supported by the same scheme
PERSONS = {"acse": "acse"}


@dataclass(frozen=True)
class PerPerson:
    """Hold the money of a year and the persons supported that year; one amount per source."""

    year: int
    persons: int
    lines: list[BudgetLine]

    @property
    def amounts(self) -> list[Decimal]:
        found = {(line.amount / self.persons).quantize(Decimal(1)) for line in self.lines}
        return sorted(found)


def per_person(one: Series) -> list[PerPerson]:
    """Return the money per person of a series whose persons are counted; years without both are left out."""
    if one.code not in PERSONS or one.envelope.unit != "EUR":
        return []
    counts = PublicFigure.objects.filter(series=PERSONS[one.code], unit="person", other_value=None)
    persons = {count.year: int(count.value) for count in counts if count.value and not count.masked}
    return [PerPerson(year, persons[year], lines) for year, lines in one.years.items() if year in persons]
