"""Store events (a raid, a place, a network) that group alerts and cases, and grant nothing."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Membership, Territory
from foundation.encryption import EncryptedField
from foundation.positions import Positioned
from foundation.sight import Follows, Own, SightQuerySet
from victims.models import Case, Consent, new_reference
from victims.models.sight import Sees

from .alerts import Alert


class Situation(Positioned):
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
    # {"note", "observations": {indicator: value}, "catalogue_version"}: signs are copied to each case; and, once it is
    # written, what each person is asked ("asked"), with the ids of the agreements that answers made ("agreements")
    data = EncryptedField()

    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["agency", "-created_at", "-id"], name="situation_agency"),
            models.Index(fields=["agency", "position"], name="situation_position"),
        ]

    def __str__(self):
        return self.reference


class SituationBatch(models.Model):
    """Store cases to open in one transaction, then the fact that they are open.

    The id of the first of an order comes from the form, those of the others are made of it, so that sending twice opens
    them once. `first`: number of its first person on the reception list. `data`, until it is opened:
    {"groups": [[side of age, language, number]], "alerts": [id], "with_story"}.
    """

    sight = Own()

    class State(models.TextChoices):
        PLANNED = "planned", _("To be opened")
        OPENED = "opened", _("Cases opened")
        DROPPED = "dropped", _("Not to be opened")

    id = models.UUIDField(primary_key=True)
    situation = models.ForeignKey(Situation, models.CASCADE, related_name="batches")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    count = models.PositiveSmallIntegerField()
    first = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.PLANNED)
    data = EncryptedField(null=True)

    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["first", "at"]

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
    """Store a case of the situation. `number`: place of the person on the reception list, which has no names.

    `consent`: the agreement recorded with the answer, of the same person; none for the other answers.
    """

    sight = Own() & Sees()

    class Answer(models.TextChoices):
        NOT_ASKED = "not_asked", _("Not asked yet")
        YES = "yes", _("Yes, to all of it")
        PART = "part", _("To a part of it")
        LATER = "later", _("Wants time to think")
        NO = "no", _("No")

    situation = models.ForeignKey(Situation, models.CASCADE, related_name="case_lines")
    case = models.ForeignKey(Case, models.CASCADE, related_name="situation_lines")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    batch = models.ForeignKey(SituationBatch, models.CASCADE, null=True, related_name="lines")
    number = models.PositiveSmallIntegerField()
    agreement = models.CharField(max_length=10, choices=Answer, default=Answer.NOT_ASKED)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    consent = models.ForeignKey(Consent, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["situation", "case"], name="case_in_situation_once")]

    def __str__(self):
        return str(self.case_id)
