"""What the person needs, and what is done about it: the support plan."""

import uuid

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Category, Level, Membership, Service
from foundation.encryption import EncryptedField

from .cases import Case, CaseAccess
from .entries import file_or_own


class NeedQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """Level 3, or one's own at level 2. A need that tells of an asylum claim: its agency, or the residence bit."""
        rows = self.filter(file_or_own(actor))
        if actor.sight != "case":
            return rows
        bit = CaseAccess.objects.of(actor).filter(case=OuterRef("case_id"))
        bit = bit.annotate(held=F("categories").bitand(Category.RESIDENCE)).filter(held__gt=0)
        return rows.filter(Q(asylum=False) | Q(agency=actor.agency_id) | Q(Exists(bit)))


class Need(models.Model):
    """One need by service. Its words are apart: those of a health or residence need are behind that bit, `bit`, which
    a trigger stamps from the service, with `asylum`."""

    class Priority(models.TextChoices):
        NOW = "now", _("Now")
        SOON = "soon", _("Within a month")
        LATER = "later", _("Later")

    class State(models.TextChoices):
        IDENTIFIED = "identified", _("To be met")
        ASKED = "asked", _("Asked of a service")
        IN_PROGRESS = "in_progress", _("Being met")
        MET = "met", _("Met")
        NOT_MET = "not_met", _("Not met")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="needs")
    service = models.ForeignKey(Service, models.PROTECT, related_name="+")
    priority = models.CharField(max_length=8, choices=Priority, default=Priority.SOON)
    state = models.CharField(max_length=12, choices=State, default=State.IDENTIFIED)
    reason = models.CharField(max_length=40, blank=True)  # why it is not met: forms.yaml, decline_reasons
    bit = models.PositiveSmallIntegerField(default=0, editable=False)
    asylum = models.BooleanField(default=False, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = NeedQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="not_met", reason__gt="") | (~Q(state="not_met") & Q(reason="")),
                name="not_met_with_a_reason",
            )
        ]

    def __str__(self):
        return str(self.id)


class BehindBitQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """Level 3, and the need's bit when it has one; one's own at level 2, under the same bit."""
        if actor.sight != "case":
            return self.none()
        access = CaseAccess.objects.of(actor).filter(case=OuterRef("case_id"))
        sealed = Q(pk__in=[])
        for bit in (Category.HEALTH, Category.RESIDENCE):
            holds = access.annotate(held=F("categories").bitand(bit)).filter(held__gt=0)
            sealed |= Q(bit=bit) & Q(Exists(holds))
        return self.filter(
            (Q(Exists(access.filter(level__gte=Level.FILE))) | Q(owner_id=actor.agency_id))
            & (Q(bit=0, need__in=Need.objects.visible_to(actor)) | sealed)
        )


class BehindBit(models.Model):
    """What hangs on a need: its case, its bit and its agency, stamped by trigger."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+", editable=False)
    bit = models.PositiveSmallIntegerField(default=0, editable=False)
    owner_id = models.IntegerField(null=True, editable=False)  # the agency that wrote the need
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    data = EncryptedField()  # {"text"}

    objects = BehindBitQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self):
        return str(self.id)


class NeedText(BehindBit):
    need = models.OneToOneField(Need, models.CASCADE, related_name="text")


class SupportAction(BehindBit):
    """One thing to do for a need: who, until when, done."""

    need = models.ForeignKey(Need, models.CASCADE, related_name="actions")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")  # who does it
    due_on = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    done_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["due_on", "at", "id"]
