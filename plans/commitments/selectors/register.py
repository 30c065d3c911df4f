"""Read the register of commitments: official position, opinions, chain of repetitions, measures."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from plans.models import (
    Commitment,
    CommitmentCheck,
    CommitmentOpinion,
    CommitmentProgress,
    CommitmentStatus,
    Envelope,
    Measure,
    Metric,
    PushedFigure,
)
from plans.models.bodies import builds_policy
from plans.models.commitments import CLOSED
from plans.money.selectors import figures as figures_selectors
from plans.plan.selectors.published import measures_as_published

from .repetitions import Chain, chains


def rows(commitments):
    """Annotate commitments with what lists filter by: `status`, `in_charge`, `due`, `late`, `contested`..."""
    last = CommitmentProgress.objects.filter(commitment=OuterRef("pk"))
    links = Commitment.repeats.through.objects
    carrying = Measure.objects.public().filter(commitments=OuterRef("pk"))
    opinions = CommitmentOpinion.objects.current().filter(commitment=OuterRef("pk"))
    return (
        commitments.select_related("body", "from_text", "theme", "urgency")
        .annotate(
            status=Subquery(last.values("status")[:1]),
            position=Subquery(last.values("pk")[:1]),
            in_charge=Subquery(last.values("responsible_id")[:1]),
            due=Coalesce(Subquery(last.values("due_on")[:1]), F("due_date")),
            contested=Exists(opinions.filter(stance=CommitmentOpinion.Stance.CONTESTS)),
            has_measure=Exists(carrying),
            unfunded=Exists(carrying.filter(~Exists(Envelope.objects.filter(measure=OuterRef("pk"))))),
            repeated=Exists(links.filter(Q(from_commitment=OuterRef("pk")) | Q(to_commitment=OuterRef("pk")))),
        )
        .annotate(
            unchecked=Q(position__isnull=False)
            & ~Exists(CommitmentCheck.objects.filter(progress=OuterRef("position"))),
            late=Case(
                When(Q(due__lt=timezone.localdate()) & ~Q(status__in=CLOSED), then=Value(True)),
                When(Q(due__lt=timezone.localdate()) & Q(status=None), then=Value(True)),
                default=Value(False),
            ),
        )
    )


FAMILIES = {"in_progress": "info", "partial": "warning", "done": "success"}


@dataclass
class Line:
    """Hold a commitment of a list, its chain, its age in years and its last position."""

    commitment: Commitment
    chain: Chain
    years: int | None
    progress: CommitmentProgress | None

    @property
    def status(self) -> str:
        """Return the official status, empty when none is stated."""
        return self.commitment.status or ""

    @property
    def status_label(self):
        return CommitmentStatus(self.status).label if self.status else ""

    @property
    def family(self) -> str:
        """Return the colour family of the status."""
        return FAMILIES.get(self.status, "draft")

    @property
    def waits(self) -> bool:
        """Return whether its age is a delay: neither done nor obsolete."""
        return self.status not in CLOSED


def lines(found) -> list[Line]:
    """Return the lines of commitments read by `rows`. Three more queries."""
    today = timezone.localdate()
    last = positions([commitment.pk for commitment in found])
    chained = chains(found)
    return [Line(c, chained[c.pk], chained[c.pk].years(today), last.get(c.pk)) for c in found]


def positions(codes=None) -> dict[str, CommitmentProgress]:
    """Return code -> last position, of these commitments or of all."""
    every = CommitmentProgress.objects.filter(commitment__active=True)
    found = (
        (every if codes is None else every.filter(commitment__in=codes))
        .select_related("responsible", "agency", "verdict")
        .order_by("commitment_id", "-on", "-at", "-id")
        .distinct("commitment_id")
    )
    return {progress.commitment_id: progress for progress in found}


def carried_out_by(commitment, actor=None) -> list[Measure]:
    """Return the linked measures visible to the reader, each with `funded`: has it an envelope?"""
    envelopes = Envelope.objects.filter(measure=OuterRef("pk"))
    found = Measure.objects.visible_to(actor).filter(commitments=commitment)
    found = found.annotate(funded=Exists(envelopes)).select_related("plan", "lead")
    return list(found) if builds_policy(actor) else measures_as_published(found)


def figures_of(commitment, actor=None) -> list[PushedFigure]:
    """Return the last national figure of each count named by a linked measure."""
    measures = Measure.objects.visible_to(actor).filter(commitments=commitment)
    feeds = Metric.objects.filter(measure__in=measures).exclude(feed="").values("feed")
    found = PushedFigure.objects.filter(metric__in=feeds, territory=None).order_by("metric", "-period_start")
    return list(found.distinct("metric"))


def means_of(commitment, actor=None) -> list:
    """Return the lines of means of a commitment or its measures, as the reader sees them; never added."""
    scope = Q(envelope__commitment=commitment) | Q(envelope__measure__in=carried_out_by(commitment, actor))
    return figures_selectors.mark_disputed(list(figures_selectors.standing(actor).filter(scope)))


SORTS = {
    "": lambda line: line.commitment.order,
    "age": lambda line: (-(line.years if line.years is not None else -1), line.commitment.order),
    "times": lambda line: (-line.chain.times, line.commitment.order),
    "due": lambda line: (line.commitment.due or date.max, line.commitment.order),
    "urgency": lambda line: (line.commitment.urgency.order, line.commitment.order),
}


def sort_lines(found: list[Line], sort: str) -> list[Line]:
    """Sort lines by a code of SORTS."""
    return sorted(found, key=SORTS.get(sort, SORTS[""]))


def figures(found: list[Line], *, recorded: bool = False) -> dict[str, int]:
    """Count lines: statuses and unstated add up to `all`; each other figure is independent.

    Not `recorded` (`answers_are_recorded`): those without a measure or means are not counted, the list is not complete.
    """
    counted = {"all": len(found), "unstated": sum(not line.status for line in found)}
    counted |= {code: sum(line.status == code for line in found) for code in CommitmentStatus.values}
    counted["contested"] = sum(line.commitment.contested for line in found)
    counted["late"] = sum(line.commitment.late for line in found)
    counted["repeated"] = sum(line.chain.repeated for line in found)
    if recorded:
        counted["without_measure"] = sum(not line.commitment.has_measure for line in found)
        counted["unfunded"] = sum(line.commitment.unfunded for line in found)
    return counted
