"""Store needs of the person, and the support plan."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Category, Membership, Service
from foundation.encryption import EncryptedField
from foundation.sight import Is, IsNot, Own, SightQuerySet

from .cases import Case
from .entries import FILE_OR_OWN
from .sight import Sees

# services that tell of health or of residence: the words of such a need are behind that category
SEALED_SERVICES = {
    Category.HEALTH: ("health_care", "psychological_care"),
    Category.RESIDENCE: ("residence_permit", "asylum", "reception_conditions"),
}


def bit_of(service: str) -> int:
    """Return the bit of the category that such a need is behind; 0 for none."""
    return next((bit for bit, services in SEALED_SERVICES.items() if service in services), 0)


class NeedQuerySet(SightQuerySet):
    def in_order(self) -> "NeedQuerySet":
        """Order needs: not met before met; then by urgency, those that nobody takes on first, the oldest first."""
        urgency = [models.When(priority=code, then=rank) for rank, code in enumerate(Need.Priority)]
        return self.order_by(
            models.Case(models.When(state=Need.State.MET, then=1), default=0),
            models.Case(*urgency),
            models.Case(models.When(state__in=Need.WAITING, then=0), default=1),
            "at",
            "id",
        )

    def served(self) -> list["Need"]:
        """Return the needs with their services, read together: which one it is stands in no column."""
        found = list(self)
        services = Service.objects.in_bulk({need.service_id for need in found})
        for need in found:
            need._service = services[need.service_id]
        return found


class Need(models.Model):
    """Store one need by service, which is sealed: beside another source it would tell who the person is.

    What the database decides by is its category alone (`bit`): the text of a need of health or residence requires it.
    """

    # a need of residence reveals the claim, or that papers are missing: visible to its author agency, or with the bit
    sight = FILE_OR_OWN & (IsNot("bit", Category.RESIDENCE) | Own() | Sees(bit=Category.RESIDENCE))

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

    WAITING = (State.IDENTIFIED, State.NOT_MET)  # no service takes it on

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="needs")
    data = EncryptedField()  # {"service"}: code of agencies.yaml
    priority = models.CharField(max_length=8, choices=Priority, default=Priority.SOON)
    state = models.CharField(max_length=12, choices=State, default=State.IDENTIFIED)
    reason = models.CharField(max_length=40, blank=True)  # why it is not met: forms.yaml, decline_reasons
    bit = models.PositiveSmallIntegerField(default=0, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = NeedQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(bit__in=(0, *SEALED_SERVICES)), name="need_of_a_known_category"),
            models.CheckConstraint(
                condition=Q(state="not_met", reason__gt="") | (~Q(state="not_met") & Q(reason="")),
                name="not_met_with_a_reason",
            ),
        ]

    def __str__(self):
        return str(self.id)

    @property
    def service_id(self) -> str:
        return self.data["service"]

    @property
    def service(self) -> Service:
        """Return the service. `NeedQuerySet.served` reads those of a list together."""
        if "_service" not in self.__dict__:
            self._service = Service.objects.get(pk=self.service_id)
        return self._service

    @service.setter
    def service(self, service: Service) -> None:
        self._service, self.data, self.bit = service, {"service": service.pk}, bit_of(service.pk)


class HoldsBit(Sees):
    """The agency holds the bit of the need, or the need has none (`plain`); then the file, or its own need at level 2.

    The policy asks the access table once, whatever the bit.
    """

    def __init__(self, plain: bool = True):
        super().__init__(2)
        self.plain = plain

    def q(self, actor):
        health, residence = (Is("bit", bit) & Sees(bit=bit) for bit in SEALED_SERVICES)
        held = Is("bit", 0) | health | residence if self.plain else health | residence
        return (held & (Sees(3) | Own("owner_id") & Sees(2))).q(actor)

    def sql(self, model):
        table = model._meta.db_table
        held = f"a.categories & {table}.bit <> 0"
        held = f"({table}.bit = 0 OR {held})" if self.plain else held
        wanted = f"a.level >= 2 AND {held} AND (a.level >= 3 OR {table}.owner_id = nrm.desk())"
        return self.exists(f"{table}.case_id", wanted)


class BehindBit(models.Model):
    """Base of the rows of a need; a trigger sets its case, bit and agency."""

    sight = HoldsBit()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+", editable=False)
    bit = models.PositiveSmallIntegerField(default=0, editable=False)
    owner_id = models.IntegerField(null=True, editable=False)  # the agency that wrote the need
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    data = EncryptedField()  # {"text"}

    objects = SightQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self):
        return str(self.id)


class NeedText(BehindBit):
    need = models.OneToOneField(Need, models.CASCADE, related_name="text")


class SupportAction(BehindBit):
    """Store one action for a need: agency, due day, day it was done."""

    need = models.ForeignKey(Need, models.CASCADE, related_name="actions")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")  # who does it
    due_on = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    done_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["due_on", "at", "id"]
