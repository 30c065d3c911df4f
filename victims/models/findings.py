"""Store observations, assessments and the story (level 3)."""

import uuid

from django.db import models
from django.utils import timezone

from agencies.models import Membership
from foundation.encryption import EncryptedField

from .cases import Case
from .sight import Sees


class Observation(models.Model):
    """Store one sign noted for a case, with the version of the catalogue used."""

    sight = Sees(3)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="observations")
    indicator = models.CharField(max_length=40)
    value = models.CharField(max_length=16)  # indicators.yaml, observation_values
    catalogue_version = models.CharField(max_length=80)
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "indicator"]

    def __str__(self):
        return self.indicator


class Assessment(models.Model):
    """Store a dated assessment of the observations by the shared rules, as computed. Never a decision."""

    sight = Sees(3)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="assessments")
    result = models.JSONField()
    catalogue_version = models.CharField(max_length=80)
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]

    def __str__(self):
        return str(self.id)


class CaseText(models.Model):
    """Store the story given with the alert, encrypted."""

    sight = Sees(3)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="texts")
    data = EncryptedField()
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at"]

    def __str__(self):
        return str(self.id)
