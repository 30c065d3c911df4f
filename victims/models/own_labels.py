"""Store what an agency calls its cases; no other agency reads it."""

import uuid

from django.db import models
from django.utils import timezone

from agencies.models import Agency, Membership
from foundation.encryption import EncryptedField
from foundation.sight import Own, SightQuerySet

from .cases import Case
from .sight import Sees


class OwnLabel(models.Model):
    """Store the own reference of an agency for a case, and the nickname chosen with the person.

    `data`: {"reference", "nickname"}, "" when there is none; each is found again by its keyed digest, which differs for
    each agency (`victims.own_labels.rules.digest`). Former ones are not kept.
    """

    sight = Own() & Sees()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    data = EncryptedField()
    reference_digest = models.CharField(max_length=64, null=True)  # null, not "": several cases have no reference
    nickname_digest = models.CharField(max_length=64, blank=True, default="")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = SightQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "agency"], name="one_label_an_agency"),
            models.UniqueConstraint(fields=["agency", "reference_digest"], name="own_reference_once"),
        ]
        indexes = [models.Index(fields=["agency", "nickname_digest"], name="label_nickname")]

    def __str__(self):
        return str(self.case_id)

    @property
    def reference(self) -> str:
        return self.data["reference"]

    @property
    def nickname(self) -> str:
        return self.data["nickname"]
