"""Store health, offence and residence, one encrypted table per category, and what was decided of a report to justice.

Entries are dated and signed. A correction is a new entry that names the one it `replaces`, which stays readable.
"""

import uuid

from django.db import models
from django.utils import timezone

from agencies.models import Category, Membership
from foundation.encryption import EncryptedField

from .cases import Case
from .sight import Sees


class CategoryEntry(models.Model):
    """Base of the three tables."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="%(class)ss")
    by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    replaces = models.OneToOneField("self", models.CASCADE, null=True, blank=True, related_name="replaced_by")

    class Meta:
        abstract = True
        ordering = ["-at", "-id"]

    def __str__(self):
        return str(self.id)


class HealthNote(CategoryEntry):
    """Store the care the person needs. Never a medical file."""

    sight = Sees(2, bit=Category.HEALTH)

    data = EncryptedField()  # {"needs": codes of vulnerability_factors, "urgent", "text"}


class OffenceFact(CategoryEntry):
    """Store facts about presumed authors (RGPD art. 10).

    A number that may be theirs comes encrypted with an alert, so the ciphertext is bound to `source_id`, which is
    copied with it, and not to the row.
    """

    sight = Sees(2, bit=Category.OFFENCE)

    source_id = models.UUIDField(unique=True, default=uuid.uuid4)
    data = EncryptedField(bound="source_id", label="offence")  # {"role", "relationship", "means", "text", "number"}


class ResidenceFact(CategoryEntry):
    """Store the person's right to stay, including asylum."""

    sight = Sees(2, bit=Category.RESIDENCE)

    data = EncryptedField()  # {"status": code of residence_statuses, "until": date, "text"}


class ReportDecision(models.Model):
    """Store that a report to the prosecutor was made, or was not, and why. A later decision is another row.

    Read as presumed authors are, and by the agency that leads the case: whoever learns of it learns of an enquiry.
    """

    sight = Sees(2, bit=Category.OFFENCE, lead=True)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="report_decisions")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    data = EncryptedField()  # {"decision", "on", "agreement", "ground", "court", "way", "why"}

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self):
        return str(self.id)
