"""A filter of a list that a member keeps under a name of its own."""

import uuid

from django.db import models
from django.utils import timezone

from agencies.models import Membership
from foundation.encryption import EncryptedField
from foundation.sight import By


class SavedSearchQuerySet(models.QuerySet):
    def of(self, actor):
        """The member's own; what they find is asked again each time, under its rights of that moment."""
        return self.filter(membership=actor.pk) if actor.sight == "case" else self.none()


class SavedSearch(models.Model):
    """`data`: {"name", "query"}, sealed: people write names where they should not, and a query holds references."""

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
