"""Store calls of a coordination unit to a silent desk."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from agencies.models import Agency, Membership
from foundation.encryption import EncryptedField

from .alerts import Alert
from .orientations import Orientation


class DeskCall(models.Model):
    """Store a call « Joint par téléphone »: when, and which function answered, never a name. Never changed.

    A trigger extends the time limit of the desk row, once per desk and subject, never for a danger to life.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    alert = models.ForeignKey(Alert, models.CASCADE, null=True, related_name="calls")
    orientation = models.ForeignKey(Orientation, models.CASCADE, null=True, related_name="calls")
    called = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)
    function = EncryptedField()
    until = models.DateTimeField(null=True)  # extended time limit; null: not extended

    class Meta:
        ordering = ["-recorded_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(alert=None) ^ Q(orientation=None), name="a_call_is_about_one_thing"),
        ]

    def __str__(self):
        return str(self.pk)
