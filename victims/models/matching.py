"""Store what the worker needs to find two cases about one person.

The application only inserts entries.
"""

import uuid

from django.db import models
from django.utils import timezone

from agencies.models import Membership
from foundation.sight import Nobody

from .cases import Case
from .persons import Identity


class IdentityEntry(models.Model):
    """Store that an identity was entered or corrected, and is to be compared.

    Inserted in the same way whether or not another case concerns the person; read by the worker only, and deleted once
    compared. `by` is null when every identity is compared again, for instance after a change of key.
    """

    sight = Nobody()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "id"]
        verbose_name_plural = "identity entries"

    def __str__(self):
        return str(self.id)


class MatchToken(models.Model):
    """Store a keyed digest of a combination of sounds, births and nationalities.

    Two identities that share one are compared. Only the worker has the key, without which the digest reveals nothing.
    """

    sight = Nobody()

    id = models.BigAutoField(primary_key=True)
    identity = models.ForeignKey(Identity, models.CASCADE, related_name="+")
    digest = models.BinaryField(max_length=16)

    class Meta:
        indexes = [models.Index(fields=["digest", "identity"], name="token_digest")]

    def __str__(self):
        return str(self.identity_id)
