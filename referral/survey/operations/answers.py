"""Hand over the yearly survey: an association sends its counts of the past year, and may send them again."""

from datetime import date

from django.utils import timezone

from agencies.members.rules import WORKS
from agencies.models import Kind
from foundation.errors import guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from plans.models import SurveyFigure
from referral.models import SurveyAnswer
from referral.survey.selectors import answers as survey_selectors

ASSOCIATIONS = {Kind.NGO, Kind.NGO_NETWORK}
LAST_DAY = (9, 30)  # of the next year; results are ready for 18 October, European day against trafficking


def answers(actor) -> bool:
    """Return whether the actor works on cases in an association."""
    return actor.agency.kind in ASSOCIATIONS and actor.has(*WORKS)


def last_day(year: int) -> date:
    """Return the last day on which the survey of a year takes answers."""
    return date(year + 1, *LAST_DAY)


def takes_answers(year: int) -> bool:
    """Return whether the survey of a year takes answers now.

    Only once the year is over: counts of a running year would reveal each new person.
    """
    today = timezone.localdate()
    return year == today.year - 1 and today <= last_day(year)


def answer_of(actor, year: int) -> SurveyAnswer | None:
    """Return the answer of the actor's agency for a year, or None."""
    return SurveyAnswer.objects.filter(agency=actor.agency_id, year=year).select_related("by__user").first()


def published(year: int) -> bool:
    """Return whether the survey of a year is published."""
    return SurveyFigure.objects.filter(year=year).exists()


def read_year(actor, year: int) -> survey_selectors.Survey:
    """Return the figures of one's own cases for a year, to show."""
    found = survey_selectors.of_year(actor, year)
    record("survey.read")
    return found


def hand_over(actor, year: int) -> SurveyAnswer:
    """Store the counts of today, replacing earlier ones. Raises NotAllowed, WrongState outside the survey period."""
    if not answers(actor):
        raise NotAllowed("survey")
    if not takes_answers(year):
        raise WrongState("survey")
    data = survey_selectors.of_year(actor, year).handed_over()
    with guarded():
        found = SurveyAnswer.objects.select_for_update().filter(agency=actor.agency_id, year=year).first()
        kept = found or SurveyAnswer(agency=actor.agency, year=year)
        kept.data, kept.by, kept.at = data, actor, timezone.now()
        kept.save(update_fields=["data", "by", "at"] if found else None, force_insert=found is None)
    record("survey.handed_over", kept)
    return kept
