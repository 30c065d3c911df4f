"""Store focal points: for each ministry, whom to contact in each département.

That a place is covered is public; function and contact are not, and stored apart.
"""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from agencies.models import Directory, Membership, Territory


class FocalPointQuerySet(models.QuerySet):
    def live(self, day=None):
        """Keep the focal points in office on a day (today by default)."""
        day = day or timezone.localdate()
        return self.filter(start__lte=day).filter(Q(end=None) | Q(end__gte=day))


class FocalPoint(models.Model):
    """Store that a body has somebody in a territory (null: the whole country) between two days, both included.

    Public: it only says that a place is covered. Function and contact are in `FocalContact`, which is not.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    body = models.ForeignKey(Directory, models.PROTECT, related_name="focal_points")
    territory = models.ForeignKey(Territory, models.PROTECT, null=True, blank=True, related_name="+")
    start = models.DateField()
    end = models.DateField(null=True, blank=True)
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")

    objects = FocalPointQuerySet.as_manager()

    class Meta:
        ordering = ["body", F("territory").asc(nulls_first=True), "-start"]
        constraints = [
            models.CheckConstraint(condition=Q(end=None) | Q(end__gte=F("start")), name="focal_ends_after_it_starts")
        ]

    def __str__(self):
        return str(self.pk)


class FocalContact(models.Model):
    """Store the function and how to contact it; no name.

    Read by its own body and the coordination, never published.
    """

    point = models.OneToOneField(FocalPoint, models.CASCADE, primary_key=True, related_name="contact")
    function = models.CharField(max_length=160)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=30, blank=True)

    def __str__(self):
        return str(self.pk)
