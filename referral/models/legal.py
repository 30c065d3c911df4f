"""Store what is shared without agreement, on a legal ground, separately from what the person agreed to."""

import uuid

from django.db import models
from django.utils import timezone

from agencies.models import Agency, Membership
from foundation.encryption import EncryptedField
from foundation.positions import Positioned
from foundation.sight import IsNot, Own, SightIs, SightQuerySet
from victims.models import Case, ChildOpinion
from victims.models.sight import OpenToMe, Sees

from .orientations import Orientation


class LegalShare(Positioned):
    """Store that an orientation was written without agreement: ground, sender, addressee, time. Auditors read it.

    A trigger copies the columns of the orientation. No content.
    """

    sent = Own("sender_id") & OpenToMe()
    sight = SightIs("journal") & IsNot("sent_at", None) | sent | Sees(3, lead=True)

    orientation = models.OneToOneField(Orientation, models.CASCADE, primary_key=True, related_name="legal_share")
    case = models.ForeignKey(Case, models.CASCADE, related_name="legal_shares")
    sender = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    addressee = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    reference = models.CharField(max_length=12)  # of the orientation
    ground = models.CharField(max_length=20, choices=Orientation.LegalGround)
    opinion = models.ForeignKey(ChildOpinion, models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, editable=False)  # by trigger, when the orientation leaves

    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-orientation_id"]
        indexes = [models.Index(fields=["position"], name="legal_share_position")]

    def __str__(self):
        return self.reference


class LegalReason(models.Model):
    """Store the reason in words."""

    sight = Sees(3, lead=True)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    share = models.OneToOneField(LegalShare, models.CASCADE, related_name="reason")
    case_id = models.UUIDField(null=True, editable=False)  # stamped by trigger
    data = EncryptedField()

    def __str__(self):
        return str(self.id)
