"""The one way in for figures of the mechanism: aggregated and protected before they come here."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from foundation.actor import SYSTEM, current
from foundation.workflow import NotAllowed
from journal.operations import record
from plans.models import FigureCode, PushedFigure, SurveyFigure, SurveyQuestion, SurveyTotal
from plans.models.figures import COUNTS, SMALL, UNITS


@dataclass(frozen=True)
class Figure:
    """`value` None: masked. `territory` None: the whole country. The period ends on its last day, included."""

    metric: FigureCode
    start: date
    end: date
    value: Decimal | None
    territory: str | None = None


class SmallFigure(ValueError):
    """A count from 1 to 10 came as far as the door."""


def push(figures: list[Figure]) -> int:
    """Write figures of ended periods, in place of those of the same metric, period and place."""
    if current() != SYSTEM:
        raise NotAllowed("push")
    for figure in figures:
        if UNITS[figure.metric] in COUNTS and figure.value is not None and 0 < figure.value < SMALL:
            raise SmallFigure(figure.metric)
        if figure.end >= timezone.localdate():
            raise ValueError("A period that runs would let each new person be seen: wait for its end.")
    now = timezone.now()
    PushedFigure.objects.bulk_create(
        [
            PushedFigure(
                metric=figure.metric,
                unit=UNITS[figure.metric],
                territory_id=figure.territory,
                period_start=figure.start,
                period_end=figure.end,
                value=figure.value,
                masked=figure.value is None,
                pushed_at=now,
            )
            for figure in figures
        ],
        update_conflicts=True,
        unique_fields=["metric", "period_start", "period_end", "territory"],
        update_fields=["unit", "value", "masked", "pushed_at"],
    )
    if figures:
        record("figure.push")
    return len(figures)


@dataclass(frozen=True)
class Said:
    """An answer of the survey over all associations. `value` None: masked."""

    question: SurveyQuestion
    code: str
    value: int | None


def push_survey(year: int, answers: list[Said]) -> int:
    """Write what associations said together of a year that is over: once."""
    if current() != SYSTEM:
        raise NotAllowed("push")
    for said in answers:
        persons = (said.question, said.code) != (SurveyQuestion.TOTAL, SurveyTotal.ORGANISATIONS)
        if persons and said.value is not None and 0 < said.value < SMALL:
            raise SmallFigure(said.question)
    if year >= timezone.localdate().year:
        raise ValueError("A year that runs would let each new person be seen: wait for its end.")
    SurveyFigure.objects.bulk_create(survey_rows(year, answers))
    record("figure.survey")
    return len(answers)


def survey_rows(year: int, answers: list[Said]) -> list[SurveyFigure]:
    """In the order they are read."""
    kept = {"year": year, "published_at": timezone.now()}
    return [
        SurveyFigure(
            question=said.question, code=said.code, order=order, value=said.value, masked=said.value is None, **kept
        )
        for order, said in enumerate(answers)
    ]
