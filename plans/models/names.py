"""Store the removal of a person's name from a published contribution; opinions are not moderated (decision 26)."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from agencies.models import Agency, Membership
from foundation.encryption import EncryptedField
from foundation.sight import Follows

from .participation import Contribution

SHORTEST, LONGEST = 2, 80  # length in characters: enough for a name, number or address, not for an argument


class NameWithdrawal(models.Model):
    """Store what is public of a removal: when, by whom, for what reason.

    A trigger takes the passage out of the contribution, leaves « [nom retiré 1] » in its place and empties `passage`.
    Only its author may restore it; the passage is then public again, here too.
    """

    class Reason(models.TextChoices):
        NAME = "name", pgettext_lazy("withdrawn", "the name of a person")
        CONTACT = "contact", pgettext_lazy("withdrawn", "a phone number, an e-mail or an address")
        RECOGNISABLE = "recognisable", pgettext_lazy("withdrawn", "what lets a person be recognised")
        PLACE = "place", pgettext_lazy("withdrawn", "a place where people are protected")
        NUMBER = "number", pgettext_lazy("withdrawn", "the number of a document or of proceedings")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    contribution = models.ForeignKey(Contribution, models.PROTECT, related_name="withdrawn_names")
    number = models.PositiveSmallIntegerField(default=0)  # set by trigger: the number in the text
    reason = models.CharField(max_length=12, choices=Reason)
    passage = models.CharField(max_length=LONGEST, blank=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    restored_at = models.DateTimeField(null=True, blank=True)

    sight = Follows("contribution_id", Contribution)

    class Meta:
        ordering = ["contribution", "number"]
        constraints = [
            models.UniqueConstraint(fields=["contribution", "number"], name="one_mark_per_number"),
            models.CheckConstraint(
                condition=Q(restored_at=None, passage="") | Q(restored_at__isnull=False),
                name="what_was_taken_out_is_not_kept_in_clear",
            ),
        ]

    def __str__(self):
        return str(self.number)

    @property
    def by_author(self) -> bool:
        return self.agency_id == self.contribution.agency_id


class WithdrawnPassage(models.Model):
    """Store the removed words, encrypted: read by the organisation that wrote them only."""

    withdrawal = models.OneToOneField(NameWithdrawal, models.PROTECT, primary_key=True, related_name="sealed")
    text = EncryptedField(bound="withdrawal_id")

    def __str__(self):
        return str(self.pk)
