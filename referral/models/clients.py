"""Store what the API keeps of its clients' requests."""

from datetime import timedelta

from django.db import models

from agencies.models import Membership
from foundation.sight import By


class ClientKey(models.Model):
    """Store an Idempotency-Key of a client: a digest of the request, and the id of what it made."""

    KEPT = timedelta(days=7)  # a program that sends again later makes a second thing
    sight = By("membership_id")

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="+")
    route = models.CharField(max_length=60)
    key = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    made = models.UUIDField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["membership", "route", "key"], name="one_answer_a_key")]

    def __str__(self):
        return self.key
