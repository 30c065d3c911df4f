"""One event (a raid, a place, a network) that groups alerts and cases, and grants nothing by itself."""

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
    """An event that concerns several persons. Seen by the unit that made it; opens neither case nor alert."""

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
    place = models.CharField(max_length=20, blank=True)  # a code of the alert's question
    # {"note", "observations": {indicator: value}, "catalogue_version"}: the event's own signs, copied to each case
    data = EncryptedField()

    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["agency", "-created_at", "-id"], name="situation_agency")]

    def __str__(self):
        return self.reference


class SituationBatch(models.Model):
    """One act of opening several cases. Its id comes with the form: sent twice, it is one act."""

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
    """A case of the situation: `number` is the person's place on the intake list, where no name stands."""

    sight = Own() & Sees()

    situation = models.ForeignKey(Situation, models.CASCADE, related_name="case_lines")
    case = models.ForeignKey(Case, models.CASCADE, related_name="situation_lines")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    batch = models.ForeignKey(SituationBatch, models.CASCADE, null=True, related_name="lines")
    number = models.PositiveSmallIntegerField()
    # asked on the spot, before any agreement in form exists: « pas demandé » until somebody says otherwise
    agreement = models.CharField(max_length=10, choices=Alert.Agreement, default=Alert.Agreement.NOT_ASKED)
    at = models.DateTimeField(default=timezone.now)

    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["situation", "case"], name="case_in_situation_once")]

    def __str__(self):
        return str(self.case_id)
