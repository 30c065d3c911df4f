"""Store events (a raid, a place, a network) that group alerts and cases, and grant nothing."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Membership, Territory
from foundation.encryption import EncryptedField
from foundation.sight import Follows, Own, SightQuerySet
from victims.models import Case, new_reference
from victims.models.sight import Sees

from .alerts import Alert


class Situation(models.Model):
    """Store an event that concerns several persons. Visible to its unit; gives access to no case or alert."""

    sight = Own()

    class Sort(models.TextChoices):
        RAID = "raid", _("Inspection or police operation")
        PLACE = "place", _("Place where people are held or work")
        NETWORK = "network", _("Network")
        OTHER = "other", _("Another event")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="situations")
    created_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    sort = models.CharField(max_length=10, choices=Sort)
    happened_on = models.DateField()
    territory = models.ForeignKey(Territory, models.PROTECT)
    form = models.CharField(max_length=40, default="unknown")
    place = models.CharField(max_length=20, blank=True)  # code list of the alert
    # {"note", "observations": {indicator: value}, "catalogue_version"}: signs are copied to each case
    data = EncryptedField()

    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["agency", "-created_at", "-id"], name="situation_agency")]

    def __str__(self):
        return self.reference


class SituationBatch(models.Model):
    """Store one opening of several cases. Its id comes from the form, so that sending twice opens them once."""

    sight = Own()

    id = models.UUIDField(primary_key=True)
    situation = models.ForeignKey(Situation, models.CASCADE, related_name="batches")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    count = models.PositiveSmallIntegerField()

    def __str__(self):
        return str(self.id)


class SituationAlert(models.Model):
    sight = Own() & Follows("alert_id", Alert)

    situation = models.ForeignKey(Situation, models.CASCADE, related_name="alert_lines")
    alert = models.ForeignKey(Alert, models.CASCADE, related_name="situation_lines")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = SightQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["situation", "alert"], name="alert_in_situation_once")]

    def __str__(self):
        return str(self.alert_id)


class SituationCase(models.Model):
    """Store a case of the situation. `number`: place of the person on the reception list, which has no names."""

    sight = Own() & Sees()

    situation = models.ForeignKey(Situation, models.CASCADE, related_name="case_lines")
    case = models.ForeignKey(Case, models.CASCADE, related_name="situation_lines")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    batch = models.ForeignKey(SituationBatch, models.CASCADE, null=True, related_name="lines")
    number = models.PositiveSmallIntegerField()
    # answer on the spot, before any formal agreement
    agreement = models.CharField(max_length=10, choices=Alert.Agreement, default=Alert.Agreement.NOT_ASKED)
    at = models.DateTimeField(default=timezone.now)

    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["situation", "case"], name="case_in_situation_once")]

    def __str__(self):
        return str(self.case_id)
