"""Write figures pushed by the mechanism, aggregated and masked before they arrive here."""

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
    """Describe a figure. `value` None: masked; `territory` None: the whole country; `end` is included."""

    metric: FigureCode
    start: date
    end: date
    value: Decimal | None
    territory: str | None = None


class SmallFigure(ValueError):
    """Signal a count from 1 to 10, which must never be stored."""


def push(figures: list[Figure]) -> int:
    """Write figures of past periods, replacing those of the same metric, period and place; return their number.

    In system mode only (NotAllowed). Raises SmallFigure, or ValueError for a period not over.
    """
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
class SurveyLine:
    """Describe an answer of the survey over all associations. `value` None: masked."""

    question: SurveyQuestion
    code: str
    value: int | None


def push_survey(year: int, answers: list[SurveyLine]) -> int:
    """Write the survey of a past year, once; return the number of answers.

    In system mode only (NotAllowed). Raises SmallFigure, or ValueError for a year not over.
    """
    if current() != SYSTEM:
        raise NotAllowed("push")
    for answer in answers:
        persons = (answer.question, answer.code) != (SurveyQuestion.TOTAL, SurveyTotal.ORGANISATIONS)
        if persons and answer.value is not None and 0 < answer.value < SMALL:
            raise SmallFigure(answer.question)
    if year >= timezone.localdate().year:
        raise ValueError("A year that runs would let each new person be seen: wait for its end.")
    SurveyFigure.objects.bulk_create(survey_rows(year, answers))
    record("figure.survey")
    return len(answers)


def survey_rows(year: int, answers: list[SurveyLine]) -> list[SurveyFigure]:
    """Return the rows of a survey, in reading order."""
    kept = {"year": year, "published_at": timezone.now()}
    return [
        SurveyFigure(
            question=answer.question,
            code=answer.code,
            order=order,
            value=answer.value,
            masked=answer.value is None,
            **kept,
        )
        for order, answer in enumerate(answers)
    ]
