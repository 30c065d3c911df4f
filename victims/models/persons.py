"""Who the person is and how to reach her safely: each behind its own category."""

import uuid

from django.db import models
from django.utils import timezone

from agencies.encryption import EncryptedField
from agencies.models import Membership

from .cases import Case


class Identity(models.Model):
    """Who the person is. Entered only by a lead that may hold it, after agreement; every column encrypted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.OneToOneField(Case, models.CASCADE, related_name="identity")
    data = EncryptedField()  # {"family_name", "given_names", "birth_date", "nationality", "aliases"}: text
    name_index = models.CharField(max_length=64, db_index=True)
    entered_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "identities"

    def __str__(self):
        return str(self.id)


class Contact(models.Model):
    """Safe ways to reach the person. Copied from the alert at the acceptance that carries it, so the ciphertext is
    bound to `source_id`, which travels with the copy, and not to the row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="contacts")
    source_id = models.UUIDField(unique=True, default=uuid.uuid4)
    data = EncryptedField(bound="source_id", label="contact")

    def __str__(self):
        return str(self.id)
