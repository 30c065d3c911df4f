"""Store what an authority of justice demands of an agency about a case, and what the agency answered."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from agencies.models import Agency, Membership
from foundation.encryption import EncryptedField
from foundation.sight import Own, SightQuerySet

from .cases import Case
from .sight import Sees


class Requisition(models.Model):
    """Store one demand for data or documents, addressed to one agency.

    `data`: {"authority", "body", "ground", "text"}, who demands what and on which article; `outcome`: {"given", "to",
    "on", "text"} or {"reason", "text"}. All of it is sealed: what stays in clear is what reminders ask.
    """

    # the enquiry is secret: the agency that received it and nobody else, with the rights by which it writes
    sight = Own() & Sees(3, lead=True)

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("requisition", "To be answered")
        ANSWERED = "answered", pgettext_lazy("requisition", "Answered")
        REFUSED = "refused", pgettext_lazy("requisition", "Not followed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    reference = models.CharField(max_length=12)  # of the case, for its notices
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")  # which received it
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    received_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)  # when the authority gave a day
    data = EncryptedField()
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="+")
    outcome = EncryptedField(null=True)

    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["-received_on", "-id"]
        indexes = [
            models.Index(fields=["case", "agency", "-received_on", "-id"], name="requisition_newest"),
            models.Index(fields=["due_on"], condition=Q(ended_at=None), name="requisition_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on=None) | Q(due_on__gte=F("received_on")), name="requisition_due_after_receipt"
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at=None, ended_by=None, outcome=None)
                | Q(
                    state__in=["answered", "refused"],
                    ended_at__isnull=False,
                    ended_by__isnull=False,
                    outcome__isnull=False,
                ),
                name="requisition_ended_with_words",
            ),
        ]

    def __str__(self):
        return str(self.id)

    @property
    def is_open(self) -> bool:
        return self.ended_at is None
