"""Store who opened a case that was closed to them, and why: emergency accesses, and the archive of closed cases."""

import uuid
from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import BooleanField, Func, Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Membership
from foundation.encryption import EncryptedField
from foundation.sight import By, Own, Rule, SightIs, SightQuerySet

from .cases import Case
from .sight import Person, Sees

REASON_LENGTH = 20  # fewest characters of a reason for what goes without an agreement
ATTEMPTS_AN_HOUR = 5  # emergency accesses, and openings of the archive for a danger, of one member
OPEN_FOR = timedelta(days=7)  # an opening; the worker ends it within the hour
# no case is archived sooner after something of it last moved, whatever the worker or its configuration says
ARCHIVED_AT_LEAST = timedelta(days=30)


class EmergencyAccess(models.Model):
    """Store an emergency access, written by `nrm.break_glass` only, with its grant and journal entry.

    `id` is the ground of the grant. `reason`: {"text": …}.
    """

    sight = SightIs("journal") | By("membership_id") | Sees(3, lead=True)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, models.CASCADE, related_name="emergencies")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = EncryptedField()

    class Meta:
        ordering = ["-at"]
        verbose_name_plural = "emergency accesses"

    def __str__(self):
        return str(self.id)


class MayOpen(Rule):
    """The acting member followed the case when it was archived; or was there when the agency received it, and the
    agency had not kept it to others."""

    def q(self, actor):
        there = Q(kept=False)
        if actor.cases_from:
            there &= ~Q(Func("case_id", function="nrm.came_before_me", output_field=BooleanField()))
        return Q(team__contains=[actor.pk]) | there

    def sql(self, model):
        table = model._meta.db_table
        there = f"NOT {table}.kept AND NOT nrm.came_before_me({table}.case_id)"
        return f"(nrm.membership() = ANY({table}.team) OR {there})"


class Archive(models.Model):
    """Store that a closed case left the active base of an agency: its reference and its days, nothing of the person.

    Written by `nrm.archive_case`, deleted by trigger when the case is opened again. `team`: who followed it then;
    `kept`: the agency had kept the case to them. Read by whoever may open it.
    """

    sight = Person() & Own() & MayOpen()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="archives")
    agency = models.ForeignKey(Agency, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    reference = models.CharField(max_length=12)
    closed_at = models.DateTimeField()
    erased_on = models.DateField()
    team = ArrayField(models.BigIntegerField(), default=list)
    kept = models.BooleanField(default=False)

    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["-closed_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["case", "agency"], name="archived_once")]
        indexes = [models.Index(fields=["agency", "-closed_at", "-id"], name="archive_newest")]

    def __str__(self):
        return self.reference


class ArchiveOpening(models.Model):
    """Store who opened an archived case, until when and why. Written by `nrm.open_archive` only.

    `id` is that of its journal entry. `reason`: {"text"}, empty but for another reason.
    """

    # nobody else's: that somebody opened it for a court would tell that justice asked
    sight = SightIs("journal") | By("membership_id")

    class Why(models.TextChoices):
        DANGER = "danger", _("Danger to life: the person must be helped now")
        RIGHTS = "rights", _("The person asks for their file or about their data")
        BACK = "back", _("The person came back, or their situation changed")
        LAW = "law", _("A court, a claim or an inspection")
        OTHER = "other", _("Another reason")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, models.CASCADE, related_name="openings")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    until = models.DateTimeField()
    why = models.CharField(max_length=8, choices=Why)
    reason = EncryptedField()

    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self):
        return str(self.id)
