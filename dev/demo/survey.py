"""Make the demonstration answers of three associations to the yearly survey, with fictitious numbers.

Once the survey of the year is over, they are published together, small numbers masked.
"""

from django.utils import timezone

from foundation.actor import acting_as
from plans.models import SurveyFigure
from plans.publication.operations.figures import survey_rows
from referral.models import SurveyAnswer
from referral.survey.operations.answers import last_day
from referral.survey.operations.publication import codes, protected_sum

from .story import member

TOLD = {
    "calanques": {
        "persons": 120, "supported": 100, "left_out": 14,
        "form": {"sexual_exploitation": 80, "labour_exploitation": 25, "domestic_servitude": 15},
        "sex": {"female": 95, "male": 22, "trans_female": 3},
        "age_group": {"15_17": 18, "18_24": 47, "25_29": 30, "30_44": 20, "unknown": 5},
        "nationality_group": {"eu": 40, "other": 70, "fr": 10},
        "detection": {"unknown": 120},
    },
    "tilleuls": {
        "persons": 80, "supported": 60, "left_out": 9,
        "form": {"sexual_exploitation": 30, "labour_exploitation": 40, "unknown": 10},
        "sex": {"female": 38, "male": 40, "unknown": 2},
        "age_group": {"15_17": 6, "18_24": 20, "25_29": 24, "30_44": 26, "unknown": 4},
        "nationality_group": {"eu": 15, "other": 63, "unknown": 2},
        "detection": {"unknown": 80},
    },
    "juriste": {
        "persons": 50, "supported": 50, "left_out": 4,
        "form": {"labour_exploitation": 35, "domestic_servitude": 15},
        "sex": {"female": 28, "male": 22},
        "age_group": {"18_24": 11, "25_29": 19, "30_44": 20},
        "nationality_group": {"other": 50},
        "detection": {"labour_control": 20, "unknown": 30},
    },
}  # fmt: skip


def tell() -> None:
    """Make the answers for last year, unless they are published."""
    year = timezone.localdate().year - 1
    if SurveyFigure.objects.filter(year=year).exists():
        return
    for name, said in TOLD.items():
        with acting_as(member(name)) as actor:
            if not SurveyAnswer.objects.filter(year=year).exists():
                SurveyAnswer.objects.create(agency=actor.agency, year=year, data=said, by=actor)
    if last_day(year) < timezone.localdate():  # the worker runs this hourly
        rows = survey_rows(year, protected_sum(list(TOLD.values()), codes()))
        SurveyFigure.objects.using("owner").bulk_create(rows)
