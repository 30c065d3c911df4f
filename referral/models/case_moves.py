"""Store the moves of a case, and its outcome."""

import uuid

from django.db import models
from django.utils import timezone

from agencies.models import Membership
from foundation.encryption import EncryptedField
from victims.models import Case, Grant
from victims.models.sight import Sees

from .moves import Move

# grounds that a closing ends for every agency but the lead
ENDED_BY_CLOSING = (Grant.Ground.ORIENTATION, Grant.Ground.CONSENT, Grant.Ground.LEGAL)


class CaseMove(Move):
    """Store one move of a case (level 2). `reason`: of a closing (forms.yaml, closure_reasons)."""

    sight = Sees(2)

    case = models.ForeignKey(Case, models.CASCADE, related_name="moves")

    class Meta(Move.Meta):
        indexes = [models.Index(fields=["case", "at", "id"], name="case_moves")]


class CaseOutcome(models.Model):
    """Store the wishes of the person, and her or his opinion of the support.

    Written by the lead at closing (level 3).
    """

    sight = Sees(3)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    move = models.OneToOneField(CaseMove, models.CASCADE, related_name="outcome")
    case = models.ForeignKey(Case, models.CASCADE, related_name="outcomes")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    data = EncryptedField()  # {"wish", "feedback"}

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self):
        return str(self.id)
