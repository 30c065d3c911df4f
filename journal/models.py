"""Store what happened: one entry per change, reading or refusal, in the transaction of the act."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """Store ids only, no content.

    The application inserts and never changes entries. `case_id` has no foreign key, so that an entry outlives its case.
    """

    class Outcome(models.TextChoices):
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    at = models.DateTimeField(auto_now_add=True)
    membership_id = models.BigIntegerField(null=True)
    agency_id = models.IntegerField(null=True)
    action = models.CharField(max_length=60)
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.DONE)
    subject = models.CharField(max_length=30, blank=True)
    subject_id = models.CharField(max_length=40, blank=True)
    case_id = models.UUIDField(null=True)

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name_plural = "entries"
        indexes = [
            models.Index(fields=["-at", "-id"], name="entry_newest"),
            models.Index(fields=["action", "-at"], name="entry_action"),
            models.Index(fields=["subject_id", "-at"], name="entry_subject"),
            models.Index(fields=["case_id", "-at"], name="entry_case"),
            models.Index(fields=["membership_id", "-at"], name="entry_member"),
        ]

    def __str__(self):
        return f"{self.action} {self.outcome}"


class Heartbeat(models.Model):
    """Store when a kind of due work last ran to its end, and when beat last looked at its schedule."""

    kind = models.CharField(primary_key=True, max_length=40)
    at = models.DateTimeField()

    def __str__(self):
        return self.kind


class Figure(models.Model):
    """Store a number about the whole installation, for those who run it: noted by the worker, names nobody.

    `name`: a metric, and after a colon the value of its label (referral/config/metrics.py).
    """

    name = models.CharField(primary_key=True, max_length=100)
    value = models.FloatField()
    at = models.DateTimeField()

    def __str__(self):
        return self.name


class KeyProbe(models.Model):
    """Store a known text sealed by each key that ever encrypted in this database, so that a lost key is found."""

    key = models.CharField(primary_key=True, max_length=12)  # id of the key, of foundation/encryption.py
    sealed = models.BinaryField()

    def __str__(self):
        return self.key
