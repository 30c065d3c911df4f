"""Store that a member has read as many cases as its budget allows, and who lifted the limit for a while."""

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Agency, Membership
from foundation.encryption import EncryptedField
from foundation.sight import By, Rule, SightIs, SightQuerySet

from .cases import new_reference

LIFTED = timedelta(hours=2)  # how long a second person lifts a limit


class SecondPerson(Rule):
    """Keep alarms about others of the agency or its network, and where the actor is a second person (decision 44)."""

    def q(self, actor):
        asked = (Value(actor.pk), F("agency_id"), F("membership_id"))
        return Q(Func(*asked, function="nrm.approves_as", output_field=models.BooleanField()))

    def sql(self, model):
        return "nrm.approves(agency_id, membership_id)"


class ReadingAlarm(models.Model):
    """Store that a person or a program used up a budget of reading. Names the account and a number, no case, no alert.

    `until`: end of the time for which a second person lifted the limit.
    """

    sight = By("membership_id") | SightIs("journal") | SecondPerson()

    class Kind(models.TextChoices):
        FILE = "file", _("Cases opened")
        IDENTITY = "identity", _("Identities shown")
        CONTACT = "contact", _("Safe contacts shown")
        ALERT = "alert", _("Alerts opened")  # told, and refuses nothing

    class Window(models.TextChoices):
        HOUR = "hour", _("within an hour")
        WEEK = "week", _("within seven days")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind)
    window = models.CharField(max_length=4, choices=Window)
    most = models.PositiveIntegerField()  # cases, all different
    at = models.DateTimeField(default=timezone.now)
    lifted_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+", db_index=False)
    lifted_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    reason = EncryptedField(null=True)  # {"text": …}

    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["membership", "-at"], name="reading_alarm_member")]

    def __str__(self):
        return self.reference

    @property
    def bars(self) -> bool:
        """Return whether reading stops there: never for alerts."""
        return self.kind != self.Kind.ALERT

    @property
    def state(self) -> tuple[str, str]:
        """Return the code and the words of what became of it."""
        if not self.bars:
            return "closed", _("For information")
        if self.lifted_at is None:
            return "waiting", _("Not lifted")
        if self.until > timezone.now():
            return "accepted", _("Lifted for two hours")
        return "closed", pgettext_lazy("limit", "Lifted before")
