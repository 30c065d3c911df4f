"""Store answers of associations to the yearly survey: counts of an ended year, no case and no reference."""

import uuid

from django.db import models
from django.utils import timezone

from agencies.models import Agency, Membership
from foundation.encryption import EncryptedField
from foundation.sight import Own


class SurveyAnswer(models.Model):
    """Store the counts of an association's own cases, for persons who agreed to it.

    Replaced when sent again, until the year is published. It contains small counts: read by the agency, and by the
    worker, which sums all answers. `data`: {"persons", "supported", "left_out"}, and for each question {code: persons}.
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
