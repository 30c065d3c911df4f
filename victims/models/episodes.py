"""Store episodes of exploitation, and answers to the yearly survey."""

import uuid

from django.db import models
from django.utils import timezone

from agencies.models import Membership
from foundation.encryption import EncryptedField

from .cases import Case
from .sight import Sees


class Episode(models.Model):
    """Store one episode of exploitation, encrypted.

    Never changed: a correction is a new row that `replaces` the former, which stays readable. `data`: {"form",
    "country" (ISO 3166-1 alpha-2), "department" (INSEE), "began", "ended" ("2024", "2024-03" or "2024-03-15"),
    "ongoing", "note", "removed"}, without empty values.
    """

    sight = Sees(3)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="episodes")
    replaces = models.OneToOneField("self", models.CASCADE, null=True, blank=True, related_name="replaced_by")
    data = EncryptedField()
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self):
        return str(self.id)


class Profile(models.Model):
    """Store the answers to the yearly survey for a person, encrypted.

    `data`: {"sex", "age_group", "nationality" (ISO 3166-1 alpha-2), "detection", "support": [service codes]}, codes of
    forms.yaml.
    """

    sight = Sees(3)

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="profile")
    data = EncryptedField(bound="case_id")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return str(self.case_id)
