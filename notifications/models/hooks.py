"""Store the webhooks of programs: where what happened is posted to, the secrets that sign it, and each delivery."""

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import MemberChange, Membership
from foundation.encryption import EncryptedField
from foundation.sight import Nobody


class Hook(models.Model):
    """Store one address of a program, kept by functions of the database (referral/sql/hooks.sql).

    The worker posts to it, and nothing before a second person agreed to the address. It is posted to at `due_at` at the
    earliest: the end of a claim, or the next try after a failure.
    """

    class Pause(models.TextChoices):
        HAND = "hand", pgettext_lazy("webhook", "By an administrator")
        FAILED = "failed", _("It took nothing for five days")
        GONE = "gone", _("It answered 410: no longer there")

    MOST = 5  # of a program

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="hooks")
    url = models.CharField(max_length=500)
    asked = models.ForeignKey(MemberChange, models.PROTECT, related_name="hooks")
    agreed_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    paused_why = models.CharField(max_length=6, choices=Pause, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    last = models.BigIntegerField(default=0)  # position of its newest delivery
    failures = models.PositiveSmallIntegerField(default=0)  # one after the other
    failing_since = models.DateTimeField(null=True)
    due_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(paused_at=None, paused_why="") | (Q(paused_at__isnull=False) & ~Q(paused_why="")),
                name="hook_paused_for_a_reason",
            )
        ]

    def __str__(self):
        return str(self.pk)

    @property
    def reference(self) -> str:
        """Return what a mail calls it, as other changes of members."""
        return f"{self.pk.hex[:4]}-{self.pk.hex[4:8]}".upper()


class HookSecret(models.Model):
    """Store a secret that signs, encrypted: the newest without end, the former one until a time. The web reads none."""

    sight = Nobody()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hook = models.ForeignKey(Hook, models.CASCADE, related_name="secrets")
    value = EncryptedField(label="notifications.hooksecret.value")
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hook"], condition=Q(until=None), name="one_newest_secret_a_hook")
        ]

    def __str__(self):
        return str(self.pk)


class HookDelivery(models.Model):
    """Store one notice to post to one address, or a test call, at its position: 1, 2, 3, … of this address.

    Queued until the address answers 2xx, across each failure; a replay queues it again, with the same id.
    """

    class State(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("delivery", "Waits")
        SENT = "sent", pgettext_lazy("delivery", "Taken")
        DROPPED = "dropped", pgettext_lazy("delivery", "Not sent: the program no longer sees it")
        FAILED = "failed", pgettext_lazy("delivery", "Given up after five days")

    class Problem(models.TextChoices):
        """Say why the last attempt failed. Never in words of the other side, which may hold anything."""

        NAME = "name", _("the name has no address")
        ADDRESS = "address", _("the name leads to an address that is not public")
        REFUSED = "refused", _("no connection")
        TLS = "tls", _("the certificate is not good for this name")
        TIME = "time", _("no answer in time")
        ANSWER = "answer", _("another answer than 2xx")

    KEPT = timedelta(days=30)

    id = models.BigAutoField(primary_key=True)
    hook = models.ForeignKey(Hook, models.CASCADE, related_name="deliveries", db_index=False)
    notice = models.ForeignKey("notifications.Notice", models.CASCADE, null=True, related_name="+")  # null: a test
    position = models.BigIntegerField()
    vital = models.BooleanField(default=False)  # a danger to life: before all that waits
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    first_at = models.DateTimeField(null=True)  # first attempt since it was queued
    due_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)  # of the last answer
    problem = models.CharField(max_length=8, choices=Problem, blank=True)

    class Meta:
        ordering = ["-position"]
        constraints = [
            models.UniqueConstraint(fields=["hook", "position"], name="hook_one_position"),
            models.UniqueConstraint(fields=["hook", "notice"], name="hook_told_once"),
        ]
        indexes = [
            models.Index(fields=["hook", "-vital", "position"], condition=Q(state="queued"), name="hook_waiting"),
            models.Index(fields=["at"], name="hook_delivery_age"),
        ]

    def __str__(self):
        return f"{self.hook_id} {self.position}"
