"""What an association hands over for the yearly survey: the counts of one ended year, no case and no reference."""

import uuid

from django.db import models
from django.utils import timezone

from agencies.models import Agency, Membership
from foundation.encryption import EncryptedField
from foundation.sight import Own


class SurveyAnswer(models.Model):
    """Counted from the agency's own cases, of persons who agreed to it; handed over again, it is replaced, until the
    year is published. Small counts stand in it: its agency reads it, and the worker, which adds all of them up.

    `data`: {"persons", "supported", "left_out"}, and for each question of the survey {code: persons}.
    """

    sight = Own()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    data = EncryptedField()
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "year"], name="one_survey_answer_per_year")]

    def __str__(self):
        return str(self.id)
