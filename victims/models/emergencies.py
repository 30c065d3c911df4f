"""Store emergency accesses: who took them, and why."""

import uuid

from django.db import models

from agencies.models import Agency, Membership
from foundation.encryption import EncryptedField
from foundation.sight import By, SightIs

from .cases import Case
from .sight import Sees

REASON_LENGTH = 20  # fewest characters of a reason for what goes without an agreement


class EmergencyAccess(models.Model):
    """Store an emergency access, written by `nrm.break_glass` only, with its grant and journal entry.

    `id` is the ground of the grant. `reason`: {"text": …}.
    """

    sight = SightIs("journal") | By("membership_id") | Sees(3, lead=True)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, models.CASCADE, related_name="emergencies")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = EncryptedField()

    class Meta:
        ordering = ["-at"]
        verbose_name_plural = "emergency accesses"

    def __str__(self):
        return str(self.id)
