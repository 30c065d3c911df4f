"""Store identity and safe contact, each behind its category."""

import uuid

from django.db import models
from django.utils import timezone

from agencies.models import Category, Membership
from foundation.encryption import EncryptedField

from .cases import Case
from .sight import Sees


class Identity(models.Model):
    """Store who the person is, encrypted. Entered only by a lead that may hold it, after agreement.

    `data`: `family_name`, `given_names`: text; `aliases`: list of whole names; `births`: list of {"date": "1998",
    "1998-03" or "1998-03-12", "estimated": bool}; `nationalities`: list of ISO 3166 codes, or "stateless"; `sex`:
    "woman", "man" or "other". Unknown parts are left out.
    """

    sight = Sees(2, bit=Category.IDENTITY)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.OneToOneField(Case, models.CASCADE, related_name="identity")
    data = EncryptedField()
    entered_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "identities"

    def __str__(self):
        return str(self.id)


class Contact(models.Model):
    """Store safe ways to reach the person.

    Copied from the alert at the acceptance that covers it, so the ciphertext is bound to `source_id`, which is copied
    with it, and not to the row.
    """

    sight = Sees(2, bit=Category.CONTACT)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="contacts")
    source_id = models.UUIDField(unique=True, default=uuid.uuid4)
    data = EncryptedField(bound="source_id", label="contact")

    def __str__(self):
        return str(self.id)
