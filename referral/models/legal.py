"""What is shared without agreement, on a named legal ground: kept apart from what the person agreed to."""

import uuid

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from agencies.models import Agency, Level, Membership
from foundation.encryption import EncryptedField
from victims.models import Case, CaseAccess, ChildOpinion, Restriction

from .orientations import Orientation


class LegalShareQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """Of cases one leads or reads at level 3, and what one's agency sent; every one sent, for those who audit."""
        if actor.sight == "journal":
            return self.filter(sent_at__isnull=False)
        if actor.sight != "case":
            return self.none()
        access = CaseAccess.objects.of(actor).filter(Q(lead=True) | Q(level__gte=Level.FILE), case=OuterRef("case_id"))
        sent = Q(sender=actor.agency_id) & ~Q(case__in=Restriction.objects.against(actor).values("case"))
        return self.filter(sent | Q(Exists(access)))


class LegalShare(models.Model):
    """An orientation written without agreement: which ground, who, to whom, when. No content: auditors read it.

    What repeats the orientation is stamped by trigger.
    """

    orientation = models.OneToOneField(Orientation, models.CASCADE, primary_key=True, related_name="legal_share")
    case = models.ForeignKey(Case, models.CASCADE, related_name="legal_shares")
    sender = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    addressee = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    reference = models.CharField(max_length=12)  # the orientation's
    ground = models.CharField(max_length=20, choices=Orientation.LegalGround)
    opinion = models.ForeignKey(ChildOpinion, models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, editable=False)  # by trigger, when the orientation leaves

    objects = LegalShareQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-orientation_id"]

    def __str__(self):
        return self.reference


class LegalReason(models.Model):
    """Why, in words: level 3 or the lead."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    share = models.OneToOneField(LegalShare, models.CASCADE, related_name="reason")
    case_id = models.UUIDField(null=True, editable=False)  # stamped by trigger
    data = EncryptedField()

    def __str__(self):
        return str(self.id)
