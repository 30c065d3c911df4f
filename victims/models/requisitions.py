"""Store what an authority of justice demands of an agency about a case, and what the agency answered."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from agencies.models import Agency, Membership
from foundation.encryption import EncryptedField
from foundation.sight import Follows, Own, SightQuerySet

from .cases import Case
from .sight import OpenToMe, Person


class Requisition(models.Model):
    """Store one demand for data or documents, addressed to one agency.

    `data`: {"authority", "body", "ground", "text"}, who demands what and on which article: sealed. What stays in clear
    is what reminders ask. Its state follows from its moves, by trigger.
    """

    # the enquiry is secret: persons of the agency that received it and nobody else. No access to the case is asked: one
    # that ended would leave a demand of justice to nobody. Who keeps the case to themselves afterwards does not hide it
    sight = Person() & Own() & OpenToMe(at="at", archives=True)

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("requisition", "To be answered")
        WAITING = "waiting", pgettext_lazy("requisition", "Waits for the authority")
        ANSWERED = "answered", pgettext_lazy("requisition", "Answered")
        REFUSED = "refused", pgettext_lazy("requisition", "Not followed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    reference = models.CharField(max_length=12)  # of the case, for its notices: written by trigger
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")  # which received it
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    received_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)  # when the authority gave a day
    data = EncryptedField()
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["-received_on", "-id"]
        indexes = [
            models.Index(fields=["case", "agency", "-received_on", "-id"], name="requisition_newest"),
            models.Index(fields=["agency"], condition=Q(ended_at=None), name="requisition_waits"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on=None) | Q(due_on__gte=F("received_on")), name="requisition_due_after_receipt"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "waiting"], ended_at=None)
                | Q(state__in=["answered", "refused"], ended_at__isnull=False),
                name="requisition_ended_by_its_state",
            ),
        ]

    def __str__(self):
        return str(self.id)

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


class RequisitionMove(models.Model):
    """Store what one person of the agency decided of a requisition: never changed, the next one is added.

    `data`: {"given", "held", "to", "text", "unchecked"} or {"reason", "text"}, `held` being what the agency read of the
    case at that moment, `unchecked` what nobody verified before. A trigger dates it, moves the requisition and tells
    the others of the agency. The last one says how it stands: what was wrong, or not all, is added to.
    """

    sight = Follows("requisition_id", Requisition)

    class State(models.TextChoices):
        WAITING = Requisition.State.WAITING.value, Requisition.State.WAITING.label
        ANSWERED = Requisition.State.ANSWERED.value, Requisition.State.ANSWERED.label
        REFUSED = Requisition.State.REFUSED.value, Requisition.State.REFUSED.label

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    requisition = models.ForeignKey(Requisition, models.CASCADE, related_name="moves")
    state = models.CharField(max_length=8, choices=State)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    data = EncryptedField()

    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "answered", "refused"]), name="requisition_moved_on"
            )
        ]

    def __str__(self):
        return str(self.id)
