"""Row security of answers to the yearly survey: members of the agency who see cases, and the worker."""

from foundation.sight import By, Sql
from foundation.walls import Wall
from referral.models import SurveyAnswer

_NOW = By() & Sql("nrm.survey_answered(year)")

WALLS = [
    Wall.of(
        SurveyAnswer,
        insert=SurveyAnswer.sight & _NOW,
        update=SurveyAnswer.sight,
        check=_NOW,
        rights="SELECT, INSERT, UPDATE (data, by_id, at)",
    ),
]
