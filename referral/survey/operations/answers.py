"""The yearly survey, handed over: an association sends its counts of the year that ended, and may send them again."""

from datetime import date

from django.utils import timezone

from agencies.members.rules import WORKS
from agencies.models import Kind
from foundation.errors import guarded
from foundation.workflow import NotAllowed, WrongState
from journal.operations import record
from plans.models import SurveyFigure
from referral.models import SurveyAnswer
from referral.survey import selectors as survey_selectors

ASSOCIATIONS = {Kind.NGO, Kind.NGO_NETWORK}
LAST_DAY = (9, 30)  # of the year after; what is published is ready for 18 October, European day against trafficking


def answers(actor) -> bool:
    """A member who works on cases, of an association."""
    return actor.agency.kind in ASSOCIATIONS and actor.has(*WORKS)


def last_day(year: int) -> date:
    """Until when the survey of a year takes answers."""
    return date(year + 1, *LAST_DAY)


def takes_answers(year: int) -> bool:
    """The year is over and its last day is not: counts of a year that runs would let each new person be seen."""
    today = timezone.localdate()
    return year == today.year - 1 and today <= last_day(year)


def answer_of(actor, year: int) -> SurveyAnswer | None:
    """What the actor's agency handed over for a year."""
    return SurveyAnswer.objects.filter(agency=actor.agency_id, year=year).select_related("by__user").first()


def published(year: int) -> bool:
    return SurveyFigure.objects.filter(year=year).exists()


def hand_over(actor, year: int) -> SurveyAnswer:
    """The counts of today, in place of those handed over before. WrongState outside the time of the survey."""
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
