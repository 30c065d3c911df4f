"""Publish the yearly survey: summed by the worker once it is over, protected, then pushed.

Never: a number of persons from 1 to 10, a number from which such a one can be computed, numbers of fewer than three
associations, any number while the survey takes answers.
"""

from collections import Counter

from django.utils import timezone

from indicators.codes.selectors import FORMS
from indicators.models import Code
from plans.models import NationalityGroup, SurveyFigure, SurveyQuestion, SurveyTotal
from plans.models.figures import SMALL
from plans.publication.operations.figures import SurveyLine, push_survey
from referral.models import SurveyAnswer
from referral.survey.rules import protected_counts
from referral.survey.selectors.answers import UNKNOWN

from .answers import last_day

LEAST = 3  # associations with persons: with two, each could subtract its own numbers
LISTS = {
    SurveyQuestion.FORM: FORMS,
    SurveyQuestion.SEX: "sexes",
    SurveyQuestion.AGE: "age_groups",
    SurveyQuestion.DETECTION: "detection_contexts",
}


def push_closed() -> int:
    """Publish the surveys that are over and not published. Run in system mode: it reads every answer."""
    said = set(SurveyFigure.objects.values_list("year", flat=True).distinct())
    waiting = sorted(set(SurveyAnswer.objects.values_list("year", flat=True).distinct()) - said)
    over = [year for year in waiting if last_day(year) < timezone.localdate()]
    return sum(push_survey(year, protected_sum(_given(year), codes())) for year in over)


def _given(year: int) -> list[dict]:
    return [answer.data for answer in SurveyAnswer.objects.filter(year=year)]


def codes() -> dict[SurveyQuestion, list[str]]:
    """Return the answers of each question, in order; « not known » last, never hidden."""
    found = {
        question: list(Code.objects.of(listed).values_list("code", flat=True)) for question, listed in LISTS.items()
    }
    found[SurveyQuestion.NATIONALITY] = list(NationalityGroup.values)
    return {question: [*(code for code in codes if code != UNKNOWN), UNKNOWN] for question, codes in found.items()}


def protected_sum(given: list[dict], codes: dict[SurveyQuestion, list[str]]) -> list[SurveyLine]:
    """Return the protected sum of all answers."""
    total, number = SurveyQuestion.TOTAL, SurveyTotal
    found = [SurveyLine(total, number.ORGANISATIONS, len(given))]
    if sum(answer["persons"] > 0 for answer in given) < LEAST:
        return found
    persons, supported, left_out = (
        sum(answer[name] for answer in given) for name in ("persons", "supported", "left_out")
    )
    found += [
        SurveyLine(total, number.PERSONS, _unless_few(persons)),
        # the complement is protected too: few unsupported persons would be read from it
        SurveyLine(total, number.SUPPORTED, None if 0 < persons - supported < SMALL else _unless_few(supported)),
        SurveyLine(total, number.LEFT_OUT, _unless_few(left_out)),
    ]
    for question, listed in codes.items():
        counted: Counter = sum((Counter(answer[question]) for answer in given), Counter())
        listed = [*(code for code in listed if code != UNKNOWN), *sorted(set(counted) - set(listed)), UNKNOWN]
        leaves = protected_counts({None: persons, **{code: counted[code] for code in listed}})
        found += [SurveyLine(question, code, None if leaves[code] is None else int(leaves[code])) for code in listed]
    return found


def _unless_few(persons: int) -> int | None:
    return None if 0 < persons < SMALL else persons
