"""What the person agreed to."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from agencies.models import Level, Membership

from .cases import Case


class Consent(models.Model):
    """The person's informed agreement: for whom, how far, which categories, until when. Never rewritten: the only
    change is its withdrawal, which never goes back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20, default="share_named")  # forms.yaml, consent_purposes
    agencies = ArrayField(models.IntegerField(), default=list, blank=True)
    kinds = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    level = models.PositiveSmallIntegerField(choices=Level, default=Level.SUMMARY)
    categories = models.PositiveSmallIntegerField(default=0)
    language = models.CharField(max_length=10, blank=True)
    interpreter = models.CharField(max_length=20, blank=True)
    proof = models.CharField(max_length=20, blank=True)
    obtained_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    obtained_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-obtained_at"]

    def __str__(self):
        return str(self.id)

    @property
    def is_live(self) -> bool:
        return self.withdrawn_at is None and (self.until is None or self.until > timezone.now())
