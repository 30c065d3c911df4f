"""Prepare the survey of associations for readers: a table and a chart per question, small numbers masked."""

from collections import defaultdict
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from foundation.tables import charts
from foundation.tables.charts import Chart, Point
from indicators.codes.words import wording
from indicators.models import Code
from plans.models import NationalityGroup, SurveyFigure, SurveyQuestion, SurveyTotal
from plans.publication.rules.numbers import number

UNKNOWN = "unknown"
# code list of the answers of each question
LISTS = {
    SurveyQuestion.FORM: "forms_of_exploitation",
    SurveyQuestion.SEX: "sexes",
    SurveyQuestion.AGE: "age_groups",
    SurveyQuestion.DETECTION: "detection_contexts",
}


@dataclass(frozen=True)
class SurveyYear:
    """Hold a year as published. `enough`: enough associations answered to show numbers of persons."""

    year: int
    published_at: object
    totals: list[tuple[str, str]]
    charts: list[Chart]

    @property
    def enough(self) -> bool:
        return bool(self.charts)


def years() -> list[int]:
    """Return the years published, newest first."""
    return list(SurveyFigure.objects.order_by("-year").values_list("year", flat=True).distinct())


def of_year(year: int) -> SurveyYear | None:
    """Return the survey of a year, or None."""
    rows = list(SurveyFigure.objects.filter(year=year).order_by("order"))
    if not rows:
        return None
    words, by_question = labels(), defaultdict(list)
    for row in rows:
        by_question[row.question].append((words[row.question].get(row.code, row.code), point(row)))
    totals = [(label, shown.shown) for label, shown in by_question.pop(SurveyQuestion.TOTAL)]
    drawn = [_drawn(SurveyQuestion(question), found) for question, found in by_question.items()]
    return SurveyYear(year, rows[0].published_at, totals, drawn)


def point(row: SurveyFigure) -> Point:
    if row.masked:
        return Point(None, _("not shown"))
    return Point(float(row.value), number(row.value))


def _drawn(question: SurveyQuestion, rows: list[tuple[str, Point]]) -> Chart:
    """Return bars for answers above zero; the table beside has all answers, also zero and « not known »."""
    chart = charts.bars(
        question.value.replace("_", "-"),
        str(question.label),
        [(label, shown) for label, shown in rows if shown.value != 0],
        of=pgettext("survey", "Answer"),
        what=_("People"),
        summary=_("People, by answer; the numbers are in the table. “Not known” is an answer like the others."),
    )
    return replace(chart, rows=[(label, [shown]) for label, shown in rows])


def labels() -> dict[str, dict[str, str]]:
    """Return question -> code -> words, in the language of the reader."""
    found: dict[str, dict[str, str]] = {question: {UNKNOWN: _("Not known")} for question in SurveyQuestion.values}
    found[SurveyQuestion.TOTAL] = {code: str(label) for code, label in SurveyTotal.choices}
    found[SurveyQuestion.NATIONALITY] |= {code: str(label) for code, label in NationalityGroup.choices}
    listed = {name: question for question, name in LISTS.items()}
    for code in Code.objects.filter(code_list__in=listed).exclude(code=UNKNOWN):
        found[listed[code.code_list_id]][code.code] = str(wording(code))
    return found
