"""Store links between cases."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Membership
from foundation.sight import SightQuerySet

from .cases import Case
from .sight import Sees


class CaseLink(models.Model):
    """Store a link of two cases; the smaller id is `one`.

    Only the decision on a possible duplicate writes `same_person`.
    """

    sight = Sees(2, case="one_id") & Sees(2, case="other_id")

    class Sort(models.TextChoices):
        FAMILY = "family", _("Same family")
        EVENT = "event", _("Same place or event")
        AUTHORS = "authors", _("Same presumed authors")
        SAME_PERSON = "same_person", _("Same person")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    one = models.ForeignKey(Case, models.CASCADE, related_name="+")
    other = models.ForeignKey(Case, models.CASCADE, related_name="+")
    sort = models.CharField(max_length=12, choices=Sort)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = SightQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="one_case_then_the_other"),
            models.UniqueConstraint(fields=["one", "other", "sort"], name="linked_once_a_sort"),
        ]

    def __str__(self):
        return self.sort
