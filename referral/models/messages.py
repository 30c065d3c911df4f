"""Store the messages of sender and desk on an orientation: questions, answers, messages."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Membership
from foundation.encryption import EncryptedField
from foundation.sight import Rule, SightQuerySet
from victims.models.sight import Sees

from .moves import Addressed
from .orientations import Orientation


def thread_of(here: str) -> Rule:
    """Return the rule of who reads the thread of an orientation: a live desk; the lead or level 3 of the case.

    `here`: attribute with the id of the orientation. After its end the desk keeps the moves only.
    """
    return Addressed("OrientationDesk", here, live=True) | Sees(3, lead=True)


class OrientationMessage(models.Model):
    """Store one message. Never changed; its text is in no notice."""

    sight = thread_of("orientation_id")

    class Sort(models.TextChoices):
        QUESTION = "question", _("Question")
        ANSWER = "answer", _("Answer")
        MESSAGE = "message", _("Message")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    orientation = models.ForeignKey(Orientation, models.CASCADE, related_name="messages")
    case_id = models.UUIDField(null=True, editable=False)  # stamped by trigger
    sender_id = models.IntegerField(null=True, editable=False)  # set by trigger: the agency that sent the orientation
    sort = models.CharField(max_length=8, choices=Sort, default=Sort.MESSAGE)
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    words = EncryptedField()

    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self):
        return str(self.id)
