"""What sender and desk write to each other about one orientation: questions, answers, messages."""

import uuid

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Level, Membership
from foundation.encryption import EncryptedField
from victims.models import CaseAccess

from .orientations import Orientation, OrientationDesk


class MessageQuerySet(models.QuerySet):
    def visible_to(self, actor):
        """A live desk; the lead or level 3 of the case. After an end only the moves stay with the desk."""
        return self.filter(thread_open_to(actor, "orientation_id"))


def thread_open_to(actor, orientation: str = "pk") -> Q:
    """The same asked of an orientation, or of a row that carries its id in the column `orientation`, and `case_id`."""
    if actor.sight != "case":
        return Q(pk__in=[])
    desk = OrientationDesk.objects.of(actor).filter(orientation=OuterRef(orientation), live=True)
    access = CaseAccess.objects.of(actor).filter(Q(lead=True) | Q(level__gte=Level.FILE))
    return Q(Exists(desk)) | Q(Exists(access.filter(case=OuterRef("case_id"))))


class OrientationMessage(models.Model):
    """One message of the thread. Inserted, never changed; its words never leave in a notice."""

    class Sort(models.TextChoices):
        QUESTION = "question", _("Question")
        ANSWER = "answer", _("Answer")
        MESSAGE = "message", _("Message")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    orientation = models.ForeignKey(Orientation, models.CASCADE, related_name="messages")
    case_id = models.UUIDField(null=True, editable=False)  # stamped by trigger
    sender_id = models.IntegerField(null=True, editable=False)  # stamped by trigger: the agency that sent the request
    sort = models.CharField(max_length=8, choices=Sort, default=Sort.MESSAGE)
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    words = EncryptedField()

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self):
        return str(self.id)
