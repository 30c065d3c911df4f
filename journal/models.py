"""Store what happened: one entry per change, reading or refusal, in the transaction of the act."""

import uuid
from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """Store ids only, no content.

    The application inserts and never changes entries. `case_id` has no foreign key, so that an entry outlives its case.
    The table is kept by month, by a column that the database alone fills (journal/operations.py).
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
    """Store when a kind of due work last ran to its end, and when beat last looked at its schedule.

    `holder`: of beat, which of several is the one that publishes, by a name that it draws when it starts; "" for none.
    """

    kind = models.CharField(primary_key=True, max_length=40)
    at = models.DateTimeField()
    holder = models.CharField(max_length=32, blank=True)

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


class Unsealed(models.Model):
    """Store the id of an entry that no checkpoint holds yet: a trigger adds it, the sealer takes it away."""

    entry = models.UUIDField(primary_key=True)

    class Meta:
        verbose_name_plural = "unsealed"

    def __str__(self):
        return str(self.entry)


class Checkpoint(models.Model):
    """Store one line of the sealed journal until it stands outside, and afterwards without its digests.

    `ids`, `digests` (32 bytes each) and `xacts` (the number of the transaction that wrote it) are those of its entries,
    in their order; `first`: the number of the first of them. `at` and `xact`: the hour, and the number of the
    transaction, at which the sealer began; every entry of a higher number was written after this hour. `through`: of a
    line that says that entries are gone, the last checkpoint it speaks of.
    """

    # CNIL, délibération 2021-122: logs are kept for six months to a year. A month goes whole, SPARE before its first
    # day is a year old, which leaves time for work that failed
    KEPT = timedelta(days=365)
    SPARE = timedelta(days=5)
    KEPT_AT_LEAST = timedelta(days=328)  # less a month of 31 days, and the hour in which its end is sealed

    class Kind(models.TextChoices):
        SEALED = "sealed", "sealed"
        FORGOTTEN = "forgotten", "forgotten"  # entries of the checkpoints through `through` were old, and are deleted
        RESUMED = "resumed", "resumed"  # the database was restored: it knows the checkpoints through `through`

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    xact = models.BigIntegerField(default=0)
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.SEALED)
    first = models.BigIntegerField()
    size = models.IntegerField(default=0)
    whole = models.BooleanField(default=True)  # no other entry waited
    through = models.BigIntegerField(null=True)
    ids = ArrayField(models.UUIDField(), default=list)
    digests = models.BinaryField(default=b"")
    xacts = ArrayField(models.BigIntegerField(), default=list)
    root = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    key = models.CharField(max_length=16)
    signature = models.CharField(max_length=88)
    written_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        indexes = [models.Index(fields=["number"], name="checkpoint_inside", condition=models.Q(written_at=None))]

    def __str__(self):
        return f"{self.number} {self.kind}"
