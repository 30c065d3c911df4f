"""Store filters of lists saved by a member under a name."""

import uuid

from django.db import models
from django.utils import timezone

from agencies.models import Membership
from foundation.encryption import EncryptedField
from foundation.sight import By


class SavedSearchQuerySet(models.QuerySet):
    def of(self, actor):
        """Keep the member's own searches. Their results are read again each time, with the rights of that moment."""
        return self.filter(membership=actor.pk) if actor.sight == "case" else self.none()


class SavedSearch(models.Model):
    """Store a search.

    `data`, encrypted: {"name", "query"}, since people write names, and queries contain references.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sight = By("membership_id")

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="saved_searches")
    listed = models.CharField(max_length=20)  # code of the list, referral/desk/filters.py
    data = EncryptedField()
    at = models.DateTimeField(default=timezone.now)

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        verbose_name_plural = "saved searches"

    def __str__(self):
        return str(self.id)
